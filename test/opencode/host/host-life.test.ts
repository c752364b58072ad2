import { afterEach, describe, expect, test } from "bun:test"
import { hostById, markEnding } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { createHostWorld, type HostWorld } from "../support/host-world.ts"

let world: HostWorld
const start = async (names: string[], settings = {}) =>
  (world = await createHostWorld(names, settings))
afterEach(() => world.endWithoutFault())

describe("the host", () => {
  test("ends when it has had no work for its linger, with the children of all its agents", async () => {
    await start(["a1", "a2"], { linger_ms: 10_000 })
    for (const name of ["a1", "a2"]) {
      await world.give(name)
      await world.until("session", async () => (await world.agent(name)).session_id)
    }
    await world.sessions.prompted(2)
    await world.answer("ses_1", "x")
    await world.runner.look()
    world.clock.advance(20_000)
    await world.runner.look()
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
    await world.answer("ses_2", "x")
    await world.runner.look()
    world.clock.advance(9999)
    await world.runner.look()
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
    world.clock.advance(1)
    await world.runner.look()
    expect(await world.hostEnded).toEqual(["a1-1", "a2-1"])
    expect(await world.ledger.read((db) => hostById(db, "hst_1"))).toMatchObject({
      status: "ended",
      cause: "work done",
    })
  })

  test("stays while its fleet runs, and wakes its agent at once", async () => {
    await start(["a1", "other"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    for (let minute = 0; minute < 5; minute++) {
      world.clock.advance(60_000)
      await world.runner.look()
    }
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
    await world.send("a1", "one more thing")
    expect((await world.sessions.prompted(2)).sessionId).toBe("ses_1")
    expect(await world.agent("a1")).toMatchObject({ status: "running", attempts: 1 })
  })

  test("whose agents are all cancelled does not wait for the others of its fleet", async () => {
    await start(["a1", "other"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.set("a1", { status: "cancelled" })
    await world.runner.look()
    world.clock.advance(10_000)
    await world.runner.look()
    expect(await world.hostEnded).toEqual(["a1-1"])
  })

  test("that was sent away goes, and wakes nobody any more", async () => {
    await start(["a1", "other"])
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    await world.ledger.transact(async (tx) => {
      await markEnding(tx, "hst_1", "idle, and memory was running low")
      await tx.run("UPDATE agents SET status = 'complete' WHERE name = 'a1'")
    })
    await world.send("a1", "still there?")
    expect(await world.hostEnded).toEqual(["a1-1"])
    expect(await world.ledger.read((db) => hostById(db, "hst_1"))).toMatchObject({
      status: "ended",
      cause: "idle, and memory was running low",
    })
    expect((await world.agent("a1")).status).toBe("complete")
  })

  test("stays when mail arrives at the last moment", async () => {
    await start(["a1"], { linger_ms: 10_000 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.answer("ses_1", "x")
    await world.runner.look()
    world.clock.advance(10_000)
    const sending = world.send("a1", "wait!")
    await world.runner.look()
    await sending
    expect((await world.sessions.prompted(2)).delivered).toEqual(["msg_2"])
    expect((await world.ledger.read((db) => hostById(db, "hst_1")))?.status).toBe("ready")
  })

  test("that was declared dead ends itself at its next heartbeat", async () => {
    await start(["a1"], { heartbeat_ms: 100 })
    await world.give("a1")
    await world.sessions.prompted(1)
    await world.ledger.transact((tx) => tx.run("UPDATE hosts SET status = 'ended'"))
    expect(await world.hostEnded).toEqual(["a1-1"])
  })
})
