import { afterEach, describe, expect, test } from "bun:test"
import { hostById } from "../../../plugin/mesh/ledger/tables/hosts.ts"
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
    world.clock.advance(10_000)
    await world.runner.look()
    expect(await world.hostEnded).toEqual(["a1-1", "a2-1"])
    expect(await world.ledger.read((db) => hostById(db, "hst_1"))).toMatchObject({
      status: "ended",
      cause: "work done",
    })
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
