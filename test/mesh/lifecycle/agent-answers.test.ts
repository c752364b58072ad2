import { afterEach, beforeEach, expect, test } from "bun:test"
import { answersOf } from "../../../plugin/mesh/lifecycle/agent-answers.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { reopenAgent } from "../../../plugin/mesh/lifecycle/wake.ts"
import { recordFailedCheck } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { markFile } from "../../../plugin/mesh/ledger/tables/file-marks.ts"
import { advance } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { member } from "../support/callers.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["implementer", "tester"])
  await mesh.ledger.transact(async (tx) =>
    assign(tx, await mesh.agentIn(tx, "implementer"), "hst_1"),
  )
  await mesh.set("implementer", { status: "running" })
  mesh.clock.advance(1000)
})
afterEach(() => mesh.end())

const answers = () =>
  mesh.ledger.read(async (db) => answersOf(db, await mesh.agentIn(db, "implementer")))

const ends = (end: Parameters<typeof endAgent>[2]) =>
  mesh.ledger.transact(async (tx) => endAgent(tx, await mesh.agentIn(tx, "implementer"), end))
const says = (output: string) => ends({ status: "complete", output })

/** The tester asks, and the implementer is woken by it. */
const isAsked = async (type: "question" | "handoff") => {
  mesh.clock.advance(1000)
  await mesh.messages.send(member(await mesh.agent("tester")), {
    to_agent_id: "implementer",
    type,
    payload: "?",
  })
  await mesh.ledger.transact(async (tx) => {
    await reopenAgent(tx, await mesh.agentIn(tx, "implementer"), "running")
    const [{ seq }] = (await tx.all<{ seq: number }>(
      "SELECT seq FROM messages ORDER BY seq DESC LIMIT 1",
    )) as [{ seq: number }]
    await advance(tx, { recipient: "implementer-1", seq }, "injected")
  })
  mesh.clock.advance(1000)
}

test("an agent that has answered once has no earlier answers", async () => {
  await says("Changed src/x.ts.")
  expect(await answers()).toEqual({ output: "Changed src/x.ts.", partial: false })
})

test("the report on the task survives the answer to a peer's question, and both ways round", async () => {
  await says("Changed src/x.ts.")
  await isAsked("question")
  await says("You may change the test.")
  await isAsked("handoff")
  await says("Changed it again.")
  expect(await answers()).toEqual({
    output: "Changed it again.",
    partial: false,
    earlier: [
      { answered: "task", output: "Changed src/x.ts." },
      { answered: "question from tester", output: "You may change the test." },
    ],
  })
})

test("a failure after an answer hides none", async () => {
  await says("Changed src/x.ts.")
  await isAsked("question")
  await mesh.set("implementer", { partial: "Let me see" })
  await ends({ status: "failed", failure: { code: "SESSION_ERROR", detail: "gone" } })
  expect(await answers()).toMatchObject({
    output: "Let me see",
    partial: true,
    earlier: [{ answered: "task", output: "Changed src/x.ts." }],
  })
})

test("long earlier answers are shortened fairly", async () => {
  await says("a".repeat(20_000))
  await isAsked("question")
  await says("short")
  await isAsked("question")
  await says("newest")
  const { earlier = [] } = await answers()
  expect(earlier[0]!.output).toContain("20000 characters")
  expect(earlier[1]!.output).toBe("short")
  expect(JSON.stringify(earlier).length).toBeLessThan(8300)
})

test("what it changed, and the last check that failed, are told with it", async () => {
  await mesh.ledger.transact(async (tx) => {
    for (const [path, changed_at] of [
      ["/shop/src/x.ts", 5],
      ["/shop/README.md", null],
      ["/elsewhere/y.ts", 5],
    ] as const)
      await markFile(tx, {
        path,
        agent_id: "implementer-1",
        fleet_id: "flt_1",
        seen_at: 5,
        seen_version: "v",
        changed_at,
      })
    await recordFailedCheck(tx, "implementer-1", {
      command: "npm test",
      exit: 1,
      output: "1 failed",
    })
  })
  await says("Done.")
  expect(await answers()).toMatchObject({
    files: ["/elsewhere/y.ts", "src/x.ts"],
    failed_check: { command: "npm test", exit: 1, output: "1 failed" },
  })
})
