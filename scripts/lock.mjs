import { createHash } from "node:crypto"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const pollMs = 200

/** Two commands started together in one checkout install and build one after the other. */
export const withLock = async (root, work) => {
  // Not in node_modules: npm ci removes that folder.
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12)
  const path = join(tmpdir(), `meshfleet-setup-${hash}.lock`)
  for (let told = false; !take(path); told = true) {
    if (!told) console.error("Waiting for another command that installs or builds here …")
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  const release = () => rmSync(path, { force: true })
  process.once("exit", release)
  try {
    return await work()
  } finally {
    process.off("exit", release)
    release()
  }
}

const take = (path) => {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" })
    return true
  } catch (error) {
    if (error.code !== "EEXIST") throw error
    if (!isHeld(path)) rmSync(path, { force: true })
    return false
  }
}

const isHeld = (path) => {
  try {
    const pid = Number(readFileSync(path, "utf8"))
    // Empty for the moment between its creation and its first byte.
    if (pid > 0) process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}
