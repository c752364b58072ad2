import { afterEach, beforeEach, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { judgeBoard } from "../../../chaos/board/judge.ts"
import { proveBoard } from "../../../chaos/board/prove.ts"
import { createRandom } from "../../../chaos/random.ts"
import { wantedDatabase } from "../../support/postgres.ts"
import type { TaskRow } from "../../../plugin/mesh/ledger/tables/board/tasks.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-board-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

// The small form of `npm run board-proof`.
test("processes that claim at random, and die, hold no task twice and lose none", async () => {
  const seed = Date.now()
  const database = await wantedDatabase()
  const { faults, claims } = await proveBoard({
    ...{
      place: database?.address ?? join(folder, "mesh.db"),
      folder,
      processes: 3,
      tasks: 20,
      kills: 1,
      freezes: 1,
    },
    ...{ share: 0.5, random: createRandom(seed) },
  })
  await database?.drop()
  expect({ seed, faults }).toEqual({ seed, faults: [] })
  expect(claims).toBeGreaterThanOrEqual(20)
  // Two seconds, and many more on a machine that is busy with ten other things.
}, 120_000)

test("the judge sees what cannot be", () => {
  const claim = (agent_id: string, number: number) => ({
    ...{ type: "task.claimed", agent_id, task: 1, claim: number },
  })
  const judged = judgeBoard(
    [claim("a1", 1), claim("a2", 2)],
    [{ task: 1, claim: 3, agent: "a3" }],
    [{ number: 1, state: "claimed", owner: "a1" } as TaskRow],
    2,
    new Set(["a1"]),
  )
  expect(judged).toEqual([
    "task 1 was claimed by a2 while a1 had it",
    "a3 was told that it had task 1, and the history is not",
    "1 of 2 tasks are there",
    "task 1 is claimed",
    "dead a1 has task 1",
  ])
})
