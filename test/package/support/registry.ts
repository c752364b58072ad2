import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { freePort } from "../../../plugin/opencode/api/free-port.ts"

const root = join(import.meta.dir, "../../..")

/** Serves what is published to it and nothing else: it knows no other registry. */
const config = {
  storage: "storage",
  auth: { htpasswd: { file: "htpasswd", max_users: -1 } },
  uplinks: {},
  packages: { "**": { access: "$all", publish: "$all", unpublish: "$all" } },
  web: { enable: false },
  max_body_size: "20mb",
  log: { type: "stdout", format: "json", level: "http" },
}

/** A registry of npm on loopback, with a folder of its own. */
export const startRegistry = async () => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-registry-"))
  mkdirSync(join(folder, "storage"))
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config))
  const port = await freePort()
  const child = spawn(
    Bun.which("node")!,
    [
      join(root, "node_modules/verdaccio/bin/verdaccio"),
      ...["--config", join(folder, "config.yaml"), "--listen", `127.0.0.1:${port}`],
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env["PATH"] } },
  )
  const url = `http://127.0.0.1:${port}/`
  // Also when the tests give up on its start.
  process.once("exit", () => child.kill("SIGKILL"))
  await untilListening(child)
  return {
    url,
    /** What npm reads as a user's own settings: where to install from, and as whom to publish. */
    npmrc: `registry=${url}\n//127.0.0.1:${port}/:_authToken=of-nobody\n`,
    async end() {
      const lives = child.exitCode === null && child.signalCode === null
      const ended = lives ? once(child, "exit") : undefined
      child.kill("SIGKILL")
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Registry = Awaited<ReturnType<typeof startRegistry>>

const untilListening = (child: ChildProcess) =>
  new Promise<void>((resolve, reject) => {
    const seen: string[] = []
    child.once("error", reject)
    child.once("exit", (code) =>
      reject(new Error(`verdaccio ended with code ${code}:\n${seen.join("\n")}`)),
    )
    for (const stream of [child.stdout!, child.stderr!])
      createInterface(stream).on("line", (line) => {
        seen.push(line)
        if (line.includes("http address")) resolve()
      })
  })
