import { afterEach, beforeEach, expect, test } from "bun:test"
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { tmpdir } from "node:os"
import type { Mesh as Opened } from "../../../plugin/cli/mesh/open-mesh.ts"
import { showSession } from "../../../plugin/cli/mesh/show-session.ts"
import { createMesh, type Mesh } from "../../mesh/support/mesh.ts"

let mesh: Mesh
let folder: string
beforeEach(async () => {
  mesh = await createMesh()
  folder = mkdtempSync(join(tmpdir(), "meshfleet-session-"))
  await mesh.given(["mapper"], { drafts: { directory: folder } })
})
afterEach(async () => {
  await mesh.end()
  rmSync(folder, { recursive: true, force: true })
})

const show = async (isInsideAgent = false) => {
  const { ledger } = mesh
  const opencode = join(folder, "opencode")
  return showSession(
    { meshProcess: { ledger }, logDeps: { env: {}, opencode, isInsideAgent } } as unknown as Opened,
    await mesh.agent("mapper"),
    300,
  )
}

test("an agent without a session says so", async () => {
  expect(await show()).toEqual({ from: null, missing: "it has no session yet", entries: [] })
})

test("a stored session has its texts and tools, each with its id, long ones cut", async () => {
  await mesh.set("mapper", { session_id: "ses_1" })
  const messages = [
    {
      info: { id: "msg_1", role: "assistant", time: { created: 7 } },
      parts: [
        { id: "prt_1", type: "text", text: "x".repeat(80_000) },
        {
          id: "prt_2",
          type: "tool",
          tool: "bash",
          state: {
            status: "completed",
            title: "ls",
            input: {},
            output: "README.md",
            time: { start: 9, end: 59 },
          },
        },
      ],
    },
  ]
  writeFileSync(join(folder, "export.json"), JSON.stringify({ messages }))
  writeFileSync(join(folder, "opencode"), `#!/bin/sh\n/bin/cat '${join(folder, "export.json")}'\n`)
  chmodSync(join(folder, "opencode"), 0o755)
  const { from, entries } = await show()
  expect(from).toBe("store")
  expect(entries[0]).toMatchObject({ id: "prt_1", at: 7, kind: "text", chars: 80_000 })
  expect(entries[0]!.text.length).toBe(70_000)
  expect(entries[1]).toEqual({
    id: "prt_2",
    at: 9,
    kind: "tool",
    title: "bash: ls",
    text: "README.md",
    chars: 9,
    state: "completed",
    tookMs: 50,
  })
})

test("in an agent's shell no session is read", async () => {
  await mesh.set("mapper", { session_id: "ses_1" })
  expect(await show(true)).toMatchObject({ from: null, entries: [] })
})
