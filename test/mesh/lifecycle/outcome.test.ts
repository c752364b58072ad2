import type { AgentRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { assign, failAttempt } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
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

describe("an end", () => {
  const end = async (output = "done", before?: AgentRow) => {
    const agent = before ?? (await mesh.agent("a1"))
    return mesh.ledger.transact((tx) => endAgent(tx, agent, { status: "complete", output }))
  }

  test("is written once: the first reason wins", async () => {
    await give("hst_1")
    expect(await end()).toBe(true)
    await fail()
    expect(await end("later")).toBe(false)
    expect(await mesh.agent("a1")).toMatchObject({
      status: "complete",
      output: "done",
      error_code: null,
    })
    expect(await mesh.events("agent.complete")).toHaveLength(1)
  })

  test("of an earlier turn changes nothing of the present one", async () => {
    const before = await mesh.agent("a1")
    await give("hst_1")
    expect(await end("done", before)).toBe(false)
    expect((await mesh.agent("a1")).status).toBe("starting")
  })

  test("keeps the answers of all turns, and shows the newest", async () => {
    await give("hst_1")
    await end()
    await mesh.set("a1", { status: "running", generation: 7 })
    await end("second answer")
    expect((await mesh.agent("a1")).output).toBe("second answer")
    expect(
      await mesh.ledger.read((db) => db.all("SELECT output FROM outputs ORDER BY generation")),
    ).toEqual([{ output: "done" }, { output: "second answer" }])
  })

  test("by timeout is a failure, by cancellation is none", async () => {
    await mesh.ledger.transact(async (tx) =>
      requestStop(tx, await mesh.agentIn(tx, "a1"), {
        mode: "cancel",
        reason: "late",
        code: "TIMEOUT",
      }),
    )
    expect(await mesh.agent("a1")).toMatchObject({
      status: "failed",
      error_code: "TIMEOUT",
      error_detail: "late",
    })
  })
})
