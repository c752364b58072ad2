import { afterEach, beforeEach, expect, test } from "bun:test"
import { addToBoard } from "../../../plugin/mesh/tasks/add.ts"
import { claimTask, moveTask, taskOf } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
})
afterEach(() => shell.end())

test("tasks shows a board, who has what and on whose word it is done", async () => {
  await shell.given("flt_1", ["ada"])
  expect((await shell.run(["tasks", "flt_1"])).out).toBe("This fleet has no board of tasks.\n")
  await shell.ledger.transact(async (tx) => {
    const drafts = [
      { title: "Build" },
      { title: "Test", after: [1] },
      { title: "Ship", after: [2] },
    ]
    await addToBoard(tx, "flt_1", drafts, { name: "lead", agentId: null })
    const { id } = (await tx.get<{ id: string }>("SELECT id FROM agents WHERE name = 'ada'"))!
    for (const number of [1, 2]) await claimTask(tx, { fleet_id: "flt_1", number }, id)
    await moveTask(tx, (await taskOf(tx, "flt_1", 1))!, {
      ...{ state: "done", owner: id, left_by: null, proof: "word" },
    })
  })
  const { out } = await shell.run(["tasks", "flt_1"])
  expect(out.split("\n").map((line) => line.replace(/ +/g, " ").trim())).toEqual([
    "1 of 3 done, 1 claimed, 1 open (1 waits for others)",
    "TASK STATE BY HOW TITLE",
    "1 done ada its word Build",
    "2 claimed ada Test",
    "3 open after 2 Ship",
    "",
  ])
  const { tasks } = JSON.parse((await shell.run(["tasks", "flt_1", "--json"])).out)
  expect(tasks[2]).toMatchObject({ task_id: 3, state: "open", waits_for: [2] })
  expect((await shell.run(["status", "flt_1"])).out).toContain("tasks: 1 of 3 done")
  expect((await shell.run(["tasks", "flt_9"])).err).toContain("UNKNOWN_FLEET")
})
