import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
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
      '[UNKNOWN_AGENT] No agent "ghost"',
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

describe("call", () => {
  const spawn = JSON.stringify({ name: "shell", agents: [{ role: "Mapper", prompt: "map" }] })

  test("spawns a fleet that the person leads, and hands it over to its host", async () => {
    let release = () => {}
    const { hosts, started } = createOwnHosts(shell, new Promise((resolve) => (release = resolve)))
    const calling = shell.start(["call", "spawn_fleet", spawn], { hosts })
    const seen = calling.until("fleet_id")
    release()
    await seen
    const answer = JSON.parse(calling.out())
    expect(answer.agents).toMatchObject([{ name: "mapper", agent: "build", status: "running" }])
    expect(await calling.code).toBe(0)
    expect(started).toEqual([answer.fleet_id])
    const fleet = await shell.ledger.read((db) =>
      db.get<Record<string, unknown>>("SELECT * FROM fleets"),
    )
    expect(fleet).toMatchObject({
      lead_agent: "build",
      lead_model: null,
      project: shell.project,
      directory: shell.project,
    })
    expect(fleet!["lead_session"]).toMatch(/^human:[0-9a-f]{12}$/)
  })

  test("stays until a host it starts is up, or nobody would wake it", async () => {
    let release = () => {}
    const { hosts } = createOwnHosts(shell, new Promise((resolve) => (release = resolve)))
    await shell.given("flt_1", ["mapper"])
    await shell.set("mapper-1", { status: "complete" })
    const args = JSON.stringify({ fleet_id: "flt_1", role: "Tester", prompt: "test" })
    const calling = shell.start(["call", "attach_agent", args], { hosts })
    await calling.until("tester")
    const waited = await Promise.race([
      calling.code,
      new Promise((resolve) => setTimeout(resolve, 150, "waits")),
    ])
    expect(waited).toBe("waits")
    release()
    expect(await calling.code).toBe(0)
    expect(await statuses("flt_1")).toEqual(["mapper complete", "tester running"])
  })

  test("takes the fleet from --fleet, by id or name, and agents by their names in it", async () => {
    await shell.given("flt_1", ["mapper", "a1", "a2"])
    const { hosts } = createOwnHosts(shell)
    const ask = async (tool: string, args: object) => {
      const { out, err } = await shell.run(
        ["call", tool, JSON.stringify(args), "--fleet", "shop"],
        { hosts },
      )
      return err === "" ? JSON.parse(out) : err
    }
    expect((await ask("fleet_status", {})).fleet.fleet_id).toBe("flt_1")
    const draft = {
      from_agent_id: "a1",
      to_agent_id: "a2",
      type: "handoff",
      payload: { next_step: "test" },
    }
    expect((await ask("send_message", draft)).recipients).toEqual(["a2-1"])
    expect((await ask("get_inbox", { agent_id: "a2" })).messages).toMatchObject([
      { from_agent_id: "a1-1", type: "handoff", payload: { next_step: "test" } },
    ])
    expect(await ask("fleet_status", { fleet_id: "flt_2" })).toBe(
      '--fleet is flt_1, but fleet_id is "flt_2".\nNext: Leave one of them out.\n',
    )
  })

  test("finds the only fleet that fits, whichever session spawned it", async () => {
    await shell.given("flt_1", ["mapper"])
    const { hosts } = createOwnHosts(shell)
    const args = JSON.stringify({ to_agent_id: "mapper", type: "question", payload: "How far?" })
    expect(
      JSON.parse((await shell.run(["call", "send_message", args], { hosts })).out).recipients,
    ).toEqual(["mapper-1"])
    expect(
      JSON.parse((await shell.run(["call", "get_inbox", '{"agent_id":"mapper"}'])).out).messages,
    ).toHaveLength(1)
  })

  test("reads its arguments from stdin, and answers indented JSON to a person", async () => {
    await shell.given("flt_1", ["mapper"])
    const { code, out } = await shell.run(["call", "list_fleets", "-"], {
      stdin: ["{", '"limit": 1', "}"],
      isInteractive: true,
    })
    expect(out).toStartWith('{\n  "fleets": [\n    {\n      "fleet_id": "flt_1"')
    expect(code).toBe(0)
  })

  test("passes a tool's error on, and changes nothing", async () => {
    const { code, out, err } = await shell.run(["call", "spawn_fleet", '{"agents":[]}'])
    expect({ code, out }).toEqual({ code: 1, out: "" })
    expect(err).toMatch(/^\[INVALID_ARGUMENT\] agents: .+\nNext: .+\n$/)
    expect(await shell.ledger.read((db) => eventsSince(db, 0))).toEqual([])
  })

  test("refuses an agent nobody has, but takes any model: only OpenCode knows those", async () => {
    const { hosts } = createOwnHosts(shell)
    const agents = (more: object) =>
      JSON.stringify({ agents: [{ role: "R", prompt: "p", ...more }] })
    const { err } = await shell.run(["call", "spawn_fleet", agents({ agent: "code-reviewr" })])
    expect(err).toStartWith(
      '[UNKNOWN_SPECIALIST] No agent "code-reviewr"; did you mean code-reviewer',
    )
    const { code } = await shell.run(
      ["call", "spawn_fleet", agents({ model: "any/thing", agent: "code-reviewer" })],
      { hosts },
    )
    expect(code).toBe(0)
  })
})

describe("supervise", () => {
  test("starts what is queued, and ends when all is settled", async () => {
    const { hosts, started } = createOwnHosts(shell)
    await shell.given("flt_1", ["mapper"])
    const supervising = shell.start(["supervise"], { hosts })
    await supervising.until("supervised here, 1 of 1 agents open")
    await untilRunning("flt_1")
    await shell.ledger.transact(async (tx) => {
      const [agent] = await shell.agents("flt_1")
      await endAgent(tx, agent!, { status: "complete", output: "done" })
      await tx.run("UPDATE hosts SET status = 'ended'")
    })
    expect(await supervising.code).toBe(0)
    expect(supervising.out().split("\n").slice(-3)).toEqual([
      "flt_1  shop: settled, complete",
      "Nothing is left to supervise.",
      "",
    ])
    expect(started).toHaveLength(1)
  })

  test("gives the leases back on Ctrl-C", async () => {
    await shell.given("flt_1", ["mapper"])
    const first = shell.start(["supervise", "shop"], { hosts: createOwnHosts(shell).hosts })
    await first.until("supervised here")
    await untilRunning("flt_1")
    first.interrupt()
    expect(await first.code).toBe(130)
    expect(first.out()).toEndWith("Leases released; the agents go on by themselves.\n")
    const second = shell.start(["supervise"], { hosts: createOwnHosts(shell).hosts })
    await second.until("supervised here")
    second.interrupt()
    expect(await second.code).toBe(130)
  })

  test("with nothing to do says so", async () => {
    expect(await shell.run(["supervise"])).toEqual({
      code: 0,
      out: "Nothing is left to supervise.\n",
      err: "",
    })
  })

  /** The hosts of this file make an agent run in the moment they are started. */
  const untilRunning = async (fleetId: string) => {
    while ((await shell.agents(fleetId)).some(({ status }) => status !== "running"))
      await new Promise((resolve) => setTimeout(resolve, 10))
  }
})
