import { createHash, randomUUID } from "node:crypto"
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const pollMs = 200

/** Two commands started together in one checkout install and build one after the other. */
export const withLock = async (root, work) => {
  // Not in node_modules: npm ci removes that folder.
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12)
  const path = join(tmpdir(), `meshfleet-setup-${hash}`)
  const lock = createLock(path)
  process.once("exit", lock.release)
  try {
    for (let told = false; !lock.take(); told = true) {
      if (!told)
        console.error(`Waiting for another command that installs or builds here (${path}) …`)
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
    return await work()
  } finally {
    process.off("exit", lock.release)
    lock.release()
  }
}

/**
 * The lock is a folder that holds one file, named after its holder. Each step is one rename that
 * only one process can win: moving a folder that already holds the file to the lock's place, which
 * fails while a file is there, or renaming a dead holder's file. No name is used twice, so whoever
 * looked too long ago finds nothing to rename, and never takes the lock of a later holder.
 */
const createLock = (path) => {
  const name = `${process.pid}-${randomUUID()}`
  const prepared = `${path}-${name}`
  mkdirSync(prepared)
  writeFileSync(join(prepared, name), "")

  const take = () => {
    if (attempt(() => renameSync(prepared, path))) return true
    const holder = attempt(() => readdirSync(path))?.value[0]
    if (holder === undefined) {
      // Left by a release that was cut short. On Windows a rename does not replace it.
      attempt(() => rmdirSync(path))
      return false
    }
    if (isAlive(Number.parseInt(holder, 10))) return false
    if (!attempt(() => renameSync(join(path, holder), join(path, name)))) return false
    rmSync(prepared, { recursive: true, force: true })
    return true
  }

  const release = () => {
    rmSync(prepared, { recursive: true, force: true })
    rmSync(join(path, name), { force: true })
    // The next holder may be there already.
    attempt(() => rmdirSync(path))
  }
  return { take, release }
}

/** Not the first, or too late. Windows says EPERM or EACCES where others name the reason. */
const lost = new Set(["ENOENT", "ENOTEMPTY", "EEXIST", "EPERM", "EACCES"])

const attempt = (step) => {
  try {
    return { value: step() }
  } catch (error) {
    if (lost.has(error.code)) return undefined
    throw error
  }
}

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === "EPERM"
  }
}
