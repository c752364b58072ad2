import { afterEach, beforeEach, expect, test } from "bun:test"
import { insertTask } from "../../../../plugin/mesh/ledger/tables/board/tasks.ts"
import { writeReservation } from "../../../../plugin/mesh/ledger/tables/files/reservations.ts"
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
  expect(Object.keys(told)).toEqual([
    ...["fleet", "agents", "attention", "questions", "reserved", "events"],
  ])
})

test("says how its tasks stand, and which files nobody else may edit for how long", async () => {
  const at = Date.now()
  const held = { agent_id: "mapper-1", fleet_id: "flt_1", reason: "new dates" }
  await shell.ledger.transact(async (tx) => {
    const task = { fleet_id: "flt_1", number: 1, title: "Map it", description: null, needs: "[]" }
    await insertTask(tx, { ...task, check_command: null, author: "lead" })
    await writeReservation(tx, {
      ...{ ...held, pattern: "src/**", mode: "exclusive", until: at + 720_000 },
    })
    await writeReservation(tx, { ...held, pattern: "a.md", mode: "shared", until: at + 600_000 })
    await writeReservation(tx, { ...held, pattern: "old.md", mode: "shared", until: at - 1 })
  })
  const { out } = await shell.run(["fleet", "shop"])
  expect(out).toContain("tasks: 0 of 1 done, 1 open")
  const lines = out.split("\n").map((line) => line.trim().split(/ {2,}/))
  const from = lines.findIndex(([first]) => first === "RESERVED")
  expect(lines.slice(from, from + 4)).toEqual([
    ["RESERVED", "BY", "LEFT", "WHY"],
    ["a.md (shared)", "mapper", expect.stringMatching(/^(10|9)m /), "new dates"],
    ["src/**", "mapper", expect.stringMatching(/^1[12]m /), "new dates"],
    [""],
  ])
  const { reserved, fleet } = JSON.parse((await shell.run(["fleet", "flt_1", "--json"])).out)
  expect(fleet.board).toBe("0 of 1 done, 1 open")
  expect(reserved[0]).toEqual({
    agent_id: "mapper-1",
    name: "mapper",
    path: "a.md",
    mode: "shared",
    reason: "new dates",
    until: new Date(at + 600_000).toISOString(),
  })
})

test("an unknown fleet is an error", async () => {
  expect((await shell.run(["fleet", "no"])).err).toStartWith('[UNKNOWN_FLEET] No fleet "no"')
})
