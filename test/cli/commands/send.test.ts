import { afterEach, beforeEach, expect, test } from "bun:test"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  await shell.given("flt_1", ["mapper"], { lead_session: "human" })
  await shell.hosted("flt_1")
  await shell.set("mapper-1", { status: "running", host_id: "hst_1" })
})
afterEach(() => shell.end())

test("a message reaches an agent's inbox with its type", async () => {
  const { out, code } = await shell.run(["send", "mapper", "look at README", "--type", "question"])
  expect(code).toBe(0)
  expect(out).toMatch(/^msg_\w+: question to mapper in flt_1\n$/)
  const sent = JSON.parse((await shell.run(["send", "mapper", "and", "--json"])).out)
  expect(sent).toMatchObject({ recipients: ["mapper-1"], fleet_id: "flt_1", type: "handoff" })
  expect((await shell.run(["inbox", "mapper"])).out).toContain("look at README")
})

test("it is refused where no person is, and sends nothing then", async () => {
  for (const where of [{ insideAgent: true }, { unattended: true }])
    expect((await shell.run(["send", "mapper", "x"], where)).err).toStartWith("[NOT_ALLOWED]")
  expect((await shell.run(["send", "mapper", "x", "--type", "shout"])).code).toBe(2)
  expect((await shell.run(["inbox", "mapper"])).out).toContain("0 unacknowledged of 0")
})
