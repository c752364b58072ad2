import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createOwnHosts } from "../support/own-hosts.ts"
import { createShell, type Shell, startedAt } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

const statuses = async (fleetId: string) =>
  (await shell.agents(fleetId)).map(({ name, status }) => `${name} ${status}`)

describe("stop", () => {
  test("ends the only running fleet, and tells what had ended before", async () => {
    await shell.given("flt_1", ["mapper", "maker"])
    await shell.set("maker-1", { status: "complete" })
    const { code, out } = await shell.run(["stop", "--reason", "enough"])
    expect(out).toBe(
      "flt_1: stopped: mapper (cancelled)\nflt_1: had already ended: maker (complete)\n",
    )
    expect(code).toBe(0)
    expect((await shell.agents("flt_1"))[0]).toMatchObject({
      status: "cancelled",
      stop_reason: "enough",
    })
  })

  test("takes agents of a fleet, and lets the others go on", async () => {
    await shell.given("flt_1", ["mapper", "maker", "tester"])
    const { code } = await shell.run(["stop", "shop", "mapper", "maker-1"], createOwnHosts(shell))
    expect(code).toBe(0)
    expect(await statuses("flt_1")).toEqual([
      "mapper cancelled",
      "maker cancelled",
      "tester running",
    ])
  })

  test("takes an agent of the only running fleet without naming that", async () => {
    await shell.given("flt_1", ["mapper", "maker"])
    await shell.set("mapper-1", { status: "complete" })
    const { out } = await shell.run(["stop", "maker", "--mode", "kill"])
    expect(out).toBe("flt_1: killed: maker (cancelled)\n")
  })

  test("as JSON tells the ids", async () => {
    await shell.given("flt_1", ["mapper"])
    expect(JSON.parse((await shell.run(["stop", "flt_1", "--json"])).out)).toEqual({
      fleet_id: "flt_1",
      mode: "cancel",
      stopped: ["mapper-1"],
      already_ended: [],
    })
  })

  test("never guesses between a fleet and an agent, nor among fleets", async () => {
    await shell.given("flt_1", ["mapper"], { name: "mapper" })
    const both = await shell.run(["stop", "mapper"])
    expect(both).toEqual({
      code: 2,
      out: "",
      err: '"mapper" is a fleet and an agent of flt_1.\nNext: meshfleet stop flt_1, or meshfleet stop flt_1 mapper\n',
    })
    await shell.given("flt_2", ["maker"], { created_at: startedAt + 1 })
    expect((await shell.run(["stop"])).err).toStartWith("[NO_FLEET] 2 fleets are running: ")
    expect((await shell.run(["stop", "ghost"])).err).toStartWith('[UNKNOWN_FLEET] No fleet "ghost"')
    expect((await shell.run(["stop", "flt_2", "ghost"])).err).toStartWith(
      '[UNKNOWN_AGENT] No agent of fleet flt_2 is called "ghost"',
    )
    expect([...(await statuses("flt_1")), ...(await statuses("flt_2"))]).toEqual([
      "mapper queued",
      "maker queued",
    ])
  })

  test("tells the lead in OpenCode that its fleet has ended", async () => {
    await shell.given("flt_1", ["mapper"])
    await shell.run(["stop"])
    const notices = await shell.ledger.read((db) =>
      db.all<{ payload: string }>(
        "SELECT m.payload FROM messages m JOIN deliveries d ON d.message_seq = m.seq WHERE d.recipient = 'lead:flt_1' AND d.state = 'accepted'",
      ),
    )
    expect(notices.map(({ payload }) => payload)).toEqual([
      expect.stringContaining('Fleet flt_1 "shop" has ended: cancelled'),
    ])
  })
})
