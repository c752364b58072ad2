import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { appendEvent } from "../../../../plugin/mesh/ledger/tables/events.ts"
import { settleFleet } from "../../../../plugin/mesh/ledger/tables/fleets.ts"
import { createShell, type Shell, startedAt } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

describe("watch", () => {
  const end = async () => {
    await shell.complete("mapper-1", 5000)
    shell.clock.at = startedAt + 5000
    await shell.ledger.transact(async (tx) => {
      await appendEvent(tx, {
        type: "agent.complete",
        fleetId: "flt_1",
        agentId: "mapper-1",
      })
      await settleFleet(tx, "flt_1")
    })
  }

  test("prints plain lines into a pipe, and ends with the fleet", async () => {
    await shell.given("flt_1", ["mapper"])
    const watching = shell.start(["watch"])
    await watching.until("mapper  queued #1")
    await end()
    expect(await watching.code).toBe(0)
    const lines = watching.out().split("\n")
    expect(lines[0]).toStartWith("flt_1  shop: running  ·  for ")
    expect(lines.slice(3)).toEqual([
      "+5.0s     agent.complete        mapper",
      "+5.0s     fleet.ended                                     status complete",
      "",
      "flt_1  shop: complete  ·  after 5.0s  ·  isolation auto, 4 at once",
      "AGENT   STATUS    TIME  TRY  PID  TOKENS  COST  UNREAD  DOING",
      "mapper  complete  5.0s    1",
      "",
    ])
    expect(watching.out()).not.toContain("\u001b")
  })

  test("ends at once when the fleet has ended, and with 130 on Ctrl-C", async () => {
    await shell.given("flt_1", ["mapper"])
    const watching = shell.start(["watch"])
    await watching.until("queued #1")
    watching.interrupt()
    expect(await watching.code).toBe(130)
    await end()
    const { code, out } = await shell.run(["watch", "flt_1"])
    expect(out).toStartWith("flt_1  shop: complete")
    expect(code).toBe(0)
  })

  test("without a running fleet says so, and with several shows all of them until the last ends", async () => {
    expect((await shell.run(["watch"])).err).toStartWith(
      "[NO_FLEET] No fleet is running in this project.\n",
    )
    await shell.given("flt_1", ["mapper"])
    await shell.given("flt_2", ["b"], { name: "late", created_at: startedAt + 1 })
    const watching = shell.start(["watch"])
    await watching.until("flt_2  late: running")
    await watching.until("flt_1  shop: running")
    await end()
    await watching.until("flt_1  shop: complete")
    expect(watching.out()).toContain("+5.0s     flt_1         agent.complete        mapper")
    await shell.complete("b-2", 7000)
    await shell.ledger.transact((tx) => settleFleet(tx, "flt_2"))
    expect(await watching.code).toBe(0)
    expect(watching.out()).toContain("flt_2  late: complete")
  })

  test("with --json writes how it stands, what happens, and how it ended, a line each", async () => {
    await shell.given("flt_1", ["mapper"])
    const watching = shell.start(["watch", "--json"])
    await watching.until('"status"')
    await end()
    expect(await watching.code).toBe(0)
    const told = watching
      .out()
      .trimEnd()
      .split("\n")
      .map((each) => JSON.parse(each))
    expect(told.map(({ kind, type, fleet }) => type ?? `${kind} ${fleet.status}`)).toEqual([
      "status running",
      "agent.complete",
      "fleet.ended",
      "status complete",
    ])
  })
})
