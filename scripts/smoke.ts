import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { run } from "../test/support/run.ts"

/**
 * The bundle alone in an empty folder, imported by the OpenCode binary acting as Bun: whatever it
 * would still have to resolve is not there.
 */
const root = join(import.meta.dir, "..")
const opencode = join(root, "node_modules/opencode-ai/bin/opencode.exe")
const folder = mkdtempSync(join(tmpdir(), "meshfleet-smoke-"))
const look = `
  const plugin = await import("./meshfleet.js")
  console.log(JSON.stringify([Object.keys(plugin), plugin.default.id, typeof plugin.default.server]))
`
try {
  copyFileSync(join(root, "dist/meshfleet.js"), join(folder, "meshfleet.js"))
  const { status, stdout, stderr } = await run(opencode, ["-e", look], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, BUN_BE_BUN: "1" },
  })
  const seen = stdout.trim()
  const wanted = '[["default"],"meshfleet","function"]'
  if (status !== 0 || seen !== wanted) {
    console.error(`dist/meshfleet.js alone: exit code ${status}, ${seen || "nothing exported"}`)
    console.error(`Wanted: ${wanted}\n${stderr}`)
    process.exitCode = 1
  } else console.log("dist/meshfleet.js loads alone in OpenCode")
} finally {
  rmSync(folder, { recursive: true, force: true })
}
