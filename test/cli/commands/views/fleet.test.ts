import { afterEach, beforeEach, expect, test } from "bun:test"
import { createAskingShell, type AskingShell } from "../../support/asking-shell.ts"

let shell: AskingShell
beforeEach(async () => void (shell = await createAskingShell()))
afterEach(() => shell.end())

test("says who needs somebody and why, before the agents, the questions and the events", async () => {
  const id = await shell.push()
  const { out } = await shell.run(["fleet", "shop"])
  const lines = out.split("\n")
  expect(lines[1]).toBe("! mapper waits for a person: permission: bash git push origin main")
  expect(lines[2]).toStartWith("AGENT ")
  expect(out).toContain(`meshfleet answer ${id} once`)
  expect(out).toContain("question.asked")
  const told = JSON.parse((await shell.run(["fleet", "flt_1", "--json"])).out)
  expect(told.attention).toEqual([
    {
      agent_id: "mapper-1",
      name: "mapper",
      why: "waits for a person: permission: bash git push origin main",
    },
  ])
  expect(Object.keys(told)).toEqual(["fleet", "agents", "attention", "questions", "events"])
})

test("an unknown fleet is an error", async () => {
  expect((await shell.run(["fleet", "no"])).err).toStartWith('[UNKNOWN_FLEET] No fleet "no"')
})
