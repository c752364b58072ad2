import { expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

test("as a program it prints its address, plays a script, and ends when asked to", async () => {
  const folder = mkdtempSync(join(tmpdir(), "scripted-model-"))
  const script = join(folder, "script.ts")
  writeFileSync(script, `export default { agents: { lead: [{ text: "from a file" }] } }`)
  const main = join(import.meta.dirname, "../../scripted-model/main.ts")
  const child = spawn(process.execPath, [main, "--script", script, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const ended = once(child, "exit")
  try {
    const [line] = (await once(child.stdout, "data")) as [Buffer]
    const { url } = JSON.parse(line.toString()) as { url: string }
    const tools = [{ type: "function", function: { name: "bash" } }]
    const messages = [{ role: "user", content: "go" }]
    const body = JSON.stringify({ model: "m1", stream: true, tools, messages })
    const response = await fetch(`${url}/chat/completions`, { method: "POST", body })
    expect(await response.text()).toContain('"content":"from a file"')
  } finally {
    child.kill("SIGTERM")
  }
  expect(await ended).toEqual([0, null])
  rmSync(folder, { recursive: true })
})
