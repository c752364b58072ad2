import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { stripVTControlCharacters } from "node:util"
import { appendEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { settleFleet } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { deliveriesOf, messageById } from "../../../plugin/mesh/ledger/tables/messages.ts"
import { createShell, type Shell, startedAt } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

const complete = (agentId: string, tookMs: number) =>
  shell.set(agentId, {
    status: "complete",
    output: "done",
    attempts: 1,
    started_at: startedAt,
    ended_at: startedAt + tookMs,
  })

describe("status", () => {
  test("in a project without fleets says how to get one", async () => {
    const { code, out } = await shell.run(["status"])
    expect(out).toStartWith(`No fleet has been spawned in ${shell.project} yet.\n`)
    expect(code).toBe(0)
    expect(JSON.parse((await shell.run(["status", "--json"])).out)).toEqual({
      project: shell.project,
      fleets: [],
    })
  })

  test("lists the fleets of this project only, and the agents of those that run", async () => {
    await shell.given("flt_old", ["maker"], { status: "complete", ended_at: startedAt + 5000 })
    await complete("maker-old", 5000)
    await shell.given("flt_new", ["mapper"], { name: "checkout", created_at: startedAt + 60_000 })
    await shell.given("flt_far", ["spy"], { project: "/elsewhere/.git" })
    const { out } = await shell.run(["status"])
    const lines = out.split("\n")
    expect(lines[1]).toMatch(/^flt_new  checkout  running   .+  1: 1 queued$/)
    expect(lines[2]).toMatch(/^flt_old  shop      complete  .+ 5\.0s  1: 1 complete$/)
    expect(lines[4]).toStartWith("flt_new  checkout: running  ·  for ")
    expect(lines[6]).toBe("mapper  queued #1")
    expect(out).not.toContain("flt_far")
    expect(out).not.toContain("maker")
  })

  test("of one fleet, by id or name, is what fleet_status answers", async () => {
    await shell.given("flt_1", ["maker"], { status: "complete", ended_at: startedAt + 5000 })
    await complete("maker-1", 5000)
    const byId = await shell.run(["status", "flt_1"])
    expect(byId.out).toBe(
      [
        "flt_1  shop: complete  ·  after 5.0s  ·  isolation auto, 4 at once",
        "AGENT  STATUS    TIME  TRY  PID  TOKENS  COST  UNREAD  DOING",
        "maker  complete  5.0s    1",
        "",
      ].join("\n"),
    )
    expect(await shell.run(["status", "shop"])).toEqual(byId)
    const { fleet, agents } = JSON.parse((await shell.run(["status", "shop", "--json"])).out)
    expect([fleet.fleet_id, fleet.status]).toEqual(["flt_1", "complete"])
    expect(agents).toMatchObject([{ name: "maker", status: "complete", age_ms: 5000 }])
  })
})

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

describe("events", () => {
  test("are told oldest first, cut to the newest", async () => {
    await shell.given("flt_1", ["mapper", "reviewer"])
    await shell.mail("msg_1", "flt_1", "mapper-1", "reviewer-1", "MAP")
    await shell.given("flt_far", ["spy"], { project: "/elsewhere/.git" })
    expect((await shell.run(["events", "shop"])).out.split("\n")).toEqual([
      "+0.0s     fleet.created                                   name shop",
      "+15s      message.sent          mapper → reviewer         msg_1  handoff",
      "",
    ])
    const { events } = JSON.parse((await shell.run(["events", "--json", "--limit", "1"])).out)
    expect(events).toEqual([
      {
        seq: 2,
        at: "2026-01-01T00:00:15.000Z",
        type: "message.sent",
        fleet_id: "flt_1",
        agent_id: "mapper-1",
        agent: "mapper",
        data: { message_id: "msg_1", type: "handoff", to: ["reviewer-1"] },
      },
    ])
  })

  test("are followed as they come, one JSON document a line, until Ctrl-C", async () => {
    await shell.given("flt_1", ["mapper", "reviewer"])
    const following = shell.start(["events", "--follow", "--json"])
    await following.until("fleet.created")
    await shell.mail("msg_1", "flt_1", "mapper-1", "reviewer-1", "MAP")
    await following.until("message.sent")
    following.interrupt()
    expect(await following.code).toBe(130)
    const types = following
      .out()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).type)
    expect(types).toEqual(["fleet.created", "message.sent"])
  })
})

describe("watch", () => {
  const end = async () => {
    await complete("mapper-1", 5000)
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

  test("redraws in place on a terminal, within its width, and ends with the last state", async () => {
    await shell.given("flt_1", ["mapper"])
    const watching = shell.start(["watch", "shop"], { isInteractive: true, columns: 50 })
    await watching.until("queued #1")
    await end()
    expect(await watching.code).toBe(0)
    const frames = watching.out().split("\r")
    expect(frames.at(-1)).toContain("complete")
    expect(frames.at(-2)).toEndWith("A")
    for (const line of stripVTControlCharacters(watching.out()).split("\n"))
      expect(line.replace("\r", "").length).toBeLessThanOrEqual(50)
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

  test("without a running fleet, or with several, asks for one", async () => {
    expect((await shell.run(["watch"])).err).toStartWith(
      "[NO_FLEET] No fleet is running in this project.\n",
    )
    await shell.given("flt_1", ["a"])
    await shell.given("flt_2", ["b"], { name: "late", created_at: startedAt + 1 })
    expect(await shell.run(["watch"])).toEqual({
      code: 1,
      out: "",
      err: "[NO_FLEET] 2 fleets are running: flt_2 (late), flt_1 (shop).\nNext: Name one of them.\n",
    })
  })
})
