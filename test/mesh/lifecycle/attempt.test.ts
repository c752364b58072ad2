import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { assign, failAttempt } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { requestStop } from "../../../plugin/mesh/lifecycle/stop.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
const policy = { attempts: 3, baseMs: 1000 }
const lost = { code: "HOST_LOST", detail: "gone" } as const

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1"])
})
afterEach(() => mesh.end())

const give = (host: string) =>
  mesh.ledger.transact(async (tx) => assign(tx, await mesh.agentIn(tx, "a1"), host))
const fail = (failure: Parameters<typeof failAttempt>[2] = lost) =>
  mesh.ledger.transact(async (tx) =>
    failAttempt(tx, await mesh.agentIn(tx, "a1"), failure, policy, () => 0.5),
  )
const attempts = () =>
  mesh.ledger.read((db) =>
    db.all<{ cause: string }>("SELECT attempt, host_id, cause, partial FROM attempts"),
  )

describe("an attempt", () => {
  test("that fails is followed by the next, after its wait", async () => {
    expect(await give("hst_1")).toBe(true)
    await mesh.set("a1", { status: "running", partial: "half" })
    await fail()
    expect(await mesh.agent("a1")).toMatchObject({
      status: "interrupted",
      not_before: mesh.now() + 1000,
      error_code: "HOST_LOST",
      attempts: 1,
    })
    await give("hst_2")
    expect(await mesh.agent("a1")).toMatchObject({
      status: "starting",
      attempts: 2,
      host_id: "hst_2",
    })
    expect(await attempts()).toEqual([
      { attempt: 1, host_id: "hst_1", cause: "HOST_LOST: gone", partial: "half" },
      { attempt: 2, host_id: "hst_2", cause: null, partial: null },
    ] as never)
    expect(await mesh.events("agent.retrying")).toHaveLength(1)
  })

  test("that is the last ends the agent with its cause, and the lead is told", async () => {
    for (const host of ["hst_1", "hst_2", "hst_3"]) {
      await give(host)
      await fail()
    }
    expect(await mesh.agent("a1")).toMatchObject({
      status: "failed",
      error_code: "HOST_LOST",
      attempts: 3,
    })
    expect((await mesh.fleet()).status).toBe("failed")
    expect(await mesh.notices()).toHaveLength(1)
  })

  test("of an agent that was asked to stop ends as asked, without another", async () => {
    await give("hst_1")
    await mesh.ledger.transact(async (tx) =>
      requestStop(tx, await mesh.agentIn(tx, "a1"), {
        mode: "cancel",
        reason: "enough",
      }),
    )
    await fail()
    expect(await mesh.agent("a1")).toMatchObject({
      status: "cancelled",
      error_code: "CANCELLED",
      error_detail: "enough",
    })
  })

  test("is given to one host only", async () => {
    const before = await mesh.agent("a1")
    await give("hst_1")
    expect(await mesh.ledger.transact((tx) => assign(tx, before, "hst_2"))).toBe(false)
    expect((await mesh.agent("a1")).host_id).toBe("hst_1")
  })
})
