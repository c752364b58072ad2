import { afterEach, beforeEach, expect, test } from "bun:test"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper"])
})
afterEach(() => shell.end())

test("a session whose host is gone is opened where OpenCode stores it", async () => {
  await shell.set("mapper-1", { session_id: "ses_1" })
  const { out } = await shell.run(["attach", "mapper", "--json"], {
    env: { MESHFLEET_OPENCODE: "/bin/opencode" },
  })
  expect(JSON.parse(out)).toEqual({
    agent_id: "mapper-1",
    session_id: "ses_1",
    host: null,
    command: ["/bin/opencode", shell.project, "--session", "ses_1"],
  })
})

test("it needs a session, a terminal, and a person", async () => {
  expect((await shell.run(["attach", "mapper"])).err).toStartWith(
    '[NOT_ALLOWED] "mapper" has no session yet: it is queued.',
  )
  await shell.set("mapper-1", { session_id: "ses_1" })
  expect((await shell.run(["attach", "mapper"])).err).toStartWith(
    "[NOT_ALLOWED] OpenCode's screen needs a terminal",
  )
  const lead = await shell.leadingOpenCode()
  for (const where of [{ insideAgent: true }, { unattended: true }, { ancestors: [lead] }])
    expect((await shell.run(["attach", "mapper", "--json"], where)).err).toStartWith(
      "[NOT_ALLOWED]",
    )
})
