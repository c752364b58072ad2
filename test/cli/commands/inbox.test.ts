import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { deliveriesOf, messageById } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { createShell, type Shell, startedAt } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

describe("inbox", () => {
  test("shows the unacknowledged mail and marks nothing", async () => {
    await shell.given("flt_1", ["mapper", "reviewer"])
    await shell.mail("msg_1", "flt_1", "mapper-1", "reviewer-1", "MAP: one README")
    const before = await shell.ledger.read(async (db) =>
      deliveriesOf(db, (await messageById(db, "msg_1"))!.seq),
    )
    const { code, out } = await shell.run(["inbox", "reviewer"])
    expect(out.split("\n")[0]).toBe("reviewer (reviewer-1) in flt_1: 1 unacknowledged of 1")
    expect(out).toContain("msg_1  handoff from mapper  ·  sent ")
    expect(out).toContain("  ·  accepted ")
    expect(out).toContain("\n  MAP: one README\n")
    expect(code).toBe(0)
    expect(
      await shell.ledger.read(async (db) =>
        deliveriesOf(db, (await messageById(db, "msg_1"))!.seq),
      ),
    ).toEqual(before)
  })

  test("as JSON has the message, its sender's name and its state", async () => {
    await shell.given("flt_1", ["mapper"])
    await shell.mail("msg_1", "flt_1", "lead", "mapper-1", "Hurry")
    expect(JSON.parse((await shell.run(["inbox", "mapper-1", "--json"])).out)).toEqual({
      agent_id: "mapper-1",
      name: "mapper",
      fleet_id: "flt_1",
      unacknowledged: 1,
      total: 1,
      remaining: 0,
      messages: [
        {
          id: "msg_1",
          from_agent_id: "lead",
          to_agent_id: "mapper-1",
          fleet_id: "flt_1",
          type: "handoff",
          payload: "Hurry",
          timestamp: "2026-01-01T00:00:00.000Z",
          acknowledged: false,
          from: "lead",
          state: "accepted",
          state_at: "2026-01-01T00:00:00.000Z",
          tries: 0,
        },
      ],
    })
  })

  test("leaves acknowledged mail out, unless all is asked for, and then shows the newest", async () => {
    await shell.given("flt_1", ["mapper"])
    for (const id of ["msg_1", "msg_2", "msg_3"])
      await shell.mail(id, "flt_1", "lead", "mapper-1", id)
    await shell.ledger.transact(async (tx) => {
      await tx.run(
        "UPDATE deliveries SET state = 'acked', acked_at = ? WHERE recipient = 'mapper-1'",
        startedAt + 1000,
      )
      await tx.run("UPDATE inboxes SET unacked = 0 WHERE recipient = 'mapper-1'")
    })
    const ids = async (...more: string[]) => {
      const { out } = await shell.run(["inbox", "mapper", "--json", ...more])
      const { messages, remaining } = JSON.parse(out)
      return [messages.map((each: { id: string }) => each.id), remaining]
    }
    expect(await ids()).toEqual([[], 0])
    expect(await ids("--all", "--limit", "2")).toEqual([["msg_2", "msg_3"], 1])
  })

  test("takes a name from the running fleet first, and from the fleet that was named", async () => {
    await shell.given("flt_run", ["mapper"])
    await shell.given("flt_end", ["mapper"], {
      name: "late",
      status: "complete",
      created_at: startedAt + 1000,
    })
    const fleetOf = async (...argv: string[]) =>
      JSON.parse((await shell.run(["inbox", ...argv, "--json"])).out).agent_id
    expect(await fleetOf("mapper")).toBe("mapper-run")
    expect(await fleetOf("mapper", "--fleet", "late")).toBe("mapper-end")
    expect(await fleetOf("lead")).toBe("lead:flt_run")
    const { code, err } = await shell.run(["inbox", "ghost", "--fleet", "late"])
    expect(err).toBe(
      '[UNKNOWN_AGENT] No agent "ghost" in fleet flt_end.\nNext: meshfleet status flt_end shows who is there.\n',
    )
    expect(code).toBe(1)
  })
})
