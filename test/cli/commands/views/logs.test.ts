import { afterEach, beforeEach, expect, test } from "bun:test"
import { chmodSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper", "writer"])
})
afterEach(() => shell.end())

/** An OpenCode that knows one session; it keeps with what it was called. */
const opencode = (messages: unknown[]) => {
  const path = join(shell.folder, "opencode")
  const exported = join(shell.folder, "export.json")
  writeFileSync(exported, JSON.stringify({ info: {}, messages }))
  writeFileSync(path, `#!/bin/sh\n[ "$*" = "export ses_1 --pure" ] && /bin/cat '${exported}'\n`)
  chmodSync(path, 0o755)
  return { MESHFLEET_OPENCODE: path }
}
const at = Date.UTC(2026, 0, 1, 0, 0, 5)
const assistant = (...parts: object[]) => ({
  info: { id: "msg_a", role: "assistant", time: { created: at } },
  parts: parts.map((part, index) => ({ id: `prt_${index}`, ...part })),
})

test("without a session the ledger's part is shown, and what is missing is said", async () => {
  await shell.mail("msg_1", "flt_1", "writer-1", "mapper-1", "begin")
  await shell.set("mapper-1", { partial: "I am at it", activity_at: at })
  const { out, code } = await shell.run(["logs", "mapper"])
  expect(code).toBe(0)
  expect(out).toContain("texts and tool calls are not available: it has no session yet.")
  expect(out).toContain("00:00:00  mail      handoff from writer  [accepted]\n          begin\n")
  expect(out).toContain("00:00:05  answer    has said so far\n          I am at it\n")
})

test("texts, tool calls and mail stand in the order of time, and no mail twice", async () => {
  await shell.set("mapper-1", { session_id: "ses_1" })
  await shell.mail("msg_1", "flt_1", "mapper-1", "writer-1", "the map")
  const env = opencode([
    {
      info: { id: "msg_u", role: "user", time: { created: at - 1000 } },
      parts: [{ id: "prt_u", type: "text", text: "Map it." }],
    },
    {
      info: { id: "msg_m", role: "user", time: { created: at } },
      parts: [{ id: "prt_m", type: "text", text: "mail", metadata: { meshfleet: ["msg_9"] } }],
    },
    assistant(
      { type: "reasoning", text: "hm", time: { start: at } },
      {
        type: "tool",
        tool: "bash",
        state: {
          status: "completed",
          title: "ls",
          input: { command: "ls" },
          output: "README.md",
          time: { start: at + 1, end: at + 51 },
        },
      },
      {
        type: "tool",
        tool: "read",
        state: {
          status: "error",
          input: {},
          error: "no such file",
          time: { start: at + 60, end: at + 61 },
        },
      },
      { type: "text", text: "Done.", time: { start: at + 100 } },
    ),
  ])
  const { entries, transcript } = JSON.parse(
    (await shell.run(["logs", "mapper", "--json"], { env })).out,
  )
  expect(transcript).toBe("store")
  expect(entries.map(({ kind, title, text }: any) => [kind, title, text])).toEqual([
    ["mail", "handoff to writer", "the map"],
    ["prompt", "prompt", "Map it."],
    ["reasoning", "reasoning", "hm"],
    ["tool", "bash: ls", "README.md"],
    ["tool", "read", "no such file"],
    ["text", "says", "Done."],
  ])
  expect(entries[3]).toMatchObject({
    tool: "bash",
    state: "completed",
    input: { command: "ls" },
    duration_ms: 50,
  })
})

test("an OpenCode that knows no such session, or cannot be run, is no failure", async () => {
  await shell.set("mapper-1", { session_id: "ses_gone" })
  const { out, code } = await shell.run(["logs", "mapper"], { env: opencode([]) })
  expect(code).toBe(0)
  expect(out).toContain("not available: OpenCode does not give its session")
  expect(
    (await shell.run(["logs", "mapper"], { env: { MESHFLEET_OPENCODE: "/nowhere" } })).code,
  ).toBe(0)
})

test("in an agent's shell no session of others is read, and the lead has none", async () => {
  await shell.set("mapper-1", { session_id: "ses_1" })
  const env = opencode([assistant({ type: "text", text: "secret" })])
  const { out } = await shell.run(["logs", "mapper"], { env, insideAgent: true })
  expect(out).toContain("an agent's shell reads no sessions of others")
  expect(out).not.toContain("secret")
  expect((await shell.run(["logs", "lead"])).err).toStartWith('[UNKNOWN_AGENT] "lead" is the lead')
})
