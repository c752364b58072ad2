import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { createOwnHosts } from "../support/own-hosts.ts"
import { createShell, type Shell } from "../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

const statuses = async (fleetId: string) =>
  (await shell.agents(fleetId)).map(({ name, status }) => `${name} ${status}`)

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
