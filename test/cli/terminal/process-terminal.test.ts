import { expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"

const module = join(import.meta.dir, "../../../plugin/cli/terminal/process-terminal.ts")

/** More than a pipe takes at once, so that the end of it waits for a reader. */
const program = `
import { createProcessTerminal } from ${JSON.stringify(module)}
const terminal = createProcessTerminal()
terminal.write("x".repeat(300_000))
terminal.write("")
terminal.warn("written")
await terminal.flush()
process.exit(0)
`

test("what was written reaches a slow reader before the process ends", async () => {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "pipe"] })
  const ended = once(child, "exit")
  try {
    // Nobody reads before all is written.
    await once(child.stderr, "data")
    let length = 0
    for await (const chunk of child.stdout) length += (chunk as Buffer).length
    expect(length).toBe(300_000)
    expect(await ended).toEqual([0, null])
  } finally {
    child.kill("SIGKILL")
  }
})
