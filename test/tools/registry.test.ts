import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { z } from "zod"
import {
  coreTools,
  createTools,
  memberTools,
  type ToolName,
  toolNames,
  toolsFor,
} from "../../plugin/tools/registry.ts"
import { slimSchema } from "../../plugin/tools/define/slim-schema.ts"
import { createWork } from "../../plugin/mesh/work.ts"
import { member, session } from "../mesh/support/callers.ts"
import { expectFailure } from "../mesh/support/errors.ts"
import { createMesh, type Mesh } from "../mesh/support/mesh.ts"

let mesh: Mesh
let tools: ReturnType<typeof createTools>
const lead = session("ses_lead")
const shown: string[] = []

beforeEach(async () => {
  mesh = await createMesh()
  await mesh.given(["a1", "a2"])
  const work = createWork({
    ledger: mesh.ledger,
    ranker: {
      rank: async (_, { agents }) => ({
        matches: agents.map((each) => ({
          kind: each.kind,
          id: each.id,
          role: each.role,
          score: 1,
          weight: 1,
          confidence: 0.5,
          fits: true,
          reason: "role",
        })),
      }),
    },
    specialists: {
      search: () => ({ total: 0, agents: [] }),
      find: () => undefined,
      near: () => ["oracle"],
      problems: () => [],
    },
  })
  tools = createTools({ fleets: mesh.fleets, results: mesh.results, messages: mesh.messages, work })
  shown.length = 0
})
afterEach(() => mesh.end())

const run = async (name: ToolName, args: unknown, caller = lead) => {
  const { title, output } = await tools[name].run(args, caller, {
    signal: new AbortController().signal,
    progress: (line) => void shown.push(line),
  })
  expect(title.length).toBeGreaterThan(0)
  return JSON.parse(output) as Record<string, any>
}

describe("the sets", () => {
  test("are core by default, and more by name or all of them", () => {
    expect(toolsFor("lead", "core")).toEqual([...coreTools])
    expect(toolsFor("lead", "all")).toEqual(toolNames)
    expect(toolsFor("lead", ["send_messages", "no_such_tool"])).toEqual([
      ...coreTools,
      "send_messages",
    ])
    expect(toolsFor("member", "core").toSorted()).toEqual([...memberTools].toSorted())
    expect(toolsFor("member", "all").toSorted()).toEqual(
      [...memberTools, "register_capability" as const].toSorted(),
    )
  })

  test("cost a lead at most 6,500 bytes, a member 5,000 and everything 13,000", () => {
    // OpenCode's wrapping of one tool costs some 320 bytes beside description and schema.
    const bytes = (names: readonly ToolName[]) =>
      names.reduce((sum, name) => {
        const schema = slimSchema(z.toJSONSchema(z.object(tools[name].args), { io: "input" }))
        return (
          sum +
          Buffer.byteLength(
            JSON.stringify({
              type: "function",
              function: { name, description: tools[name].description, parameters: schema },
            }),
          )
        )
      }, 0)
    expect(bytes(coreTools)).toBeLessThanOrEqual(6500)
    expect(bytes(memberTools)).toBeLessThanOrEqual(5000)
    expect(bytes(toolNames)).toBeLessThanOrEqual(13_000)
  })
})

describe("each tool refuses bad arguments by name, and changes nothing", () => {
  const bad: Record<ToolName, [unknown, ...string[]][]> = {
    spawn_fleet: [
      [{ agents: [] }, "agents", "1"],
      [{ agents: Array.from({ length: 65 }, () => ({ role: "x", prompt: "y" })) }, "agents", "64"],
      [{ agents: [{ role: "x" }] }, "agents.0.prompt"],
      [{ agents: [{ role: "x", prompt: "y", name: "*" }] }, "agents.0.name", '"*"'],
      [{ agents: [{ role: "x", prompt: "y", model: "gpt" }] }, "agents.0.model", "gpt"],
      [{ agents: [{ role: "x", prompt: "y" }], timeout_ms: 0 }, "timeout_ms", "got 0"],
      [{ agents: [{ role: "x", prompt: "y" }], isolation: "vm" }, "isolation", "vm"],
      [{ agents: [{ role: "x", prompt: "y" }], on_stall: "kill" }, "on_stall", "kill"],
      [{ agents: [{ role: "x", prompt: "y", budget: { usd: 1 } }] }, "agents.0.budget", "usd"],
      [{ agents: [{ role: "x", prompt: "y" }], budget: { tokens: -1 } }, "budget.tokens", "got -1"],
    ],
    attach_agent: [
      [{ fleet_id: "flt_1", role: "", prompt: "x" }, "role", '""'],
      [{ fleet: "flt_1", role: "x", prompt: "y" }, "did you mean fleet_id?"],
      [
        { fleet_id: "flt_1", role: "x", prompt: "y", budget: { turns: 0 } },
        "budget.turns",
        "got 0",
      ],
    ],
    fleet_status: [
      [{ fleet_id: "" }, "fleet_id"],
      [{ fleet_id: "flt_1", wait_seconds: 601 }, "wait_seconds", "600", "got 601"],
    ],
    list_fleets: [
      [{ status: "done" }, "status", "done"],
      [{ limit: 0 }, "limit", "got 0"],
    ],
    collect_results: [
      [{ fleet_id: "flt_1", agent_ids: [] }, "agent_ids"],
      [{ fleet_id: "flt_1", wait_seconds: -1 }, "wait_seconds", "got -1"],
    ],
    stop_agents: [[{ fleet_id: "flt_1", mode: "softly" }, "mode", "softly"]],
    send_message: [
      [{ to_agent_id: "a1", type: "chat", payload: "x" }, "type", "chat"],
      [{ to_agent_id: "a1", type: "alert", payload: "" }, "payload"],
      [{ to_agent_id: "", type: "alert", payload: "x" }, "to_agent_id"],
      [
        { to_agent_id: "a1", type: "alert", payload: "x", correlation_id: "c".repeat(129) },
        "correlation_id",
        "128",
      ],
    ],
    get_inbox: [
      [{ limit: 101 }, "limit", "100", "got 101"],
      [{ since: 7 }, "since", "got 7"],
    ],
    ack_message: [[{ message_id: "" }, "message_id"]],
    register_capability: [
      [{ role: "x", skills: [] }, "skills"],
      [{ role: "x", skills: ["y"], context_window: 0 }, "context_window"],
    ],
    route_work: [
      [{ description: "" }, "description"],
      [{ description: "x", top_n: 51 }, "top_n", "50"],
      [{ description: "x", scope: "me" }, "scope", "me"],
    ],
    list_agents: [[{ limit: 301 }, "limit", "300"]],
    send_messages: [
      [{ messages: [] }, "messages"],
      [{ messages: [{ to_agent_id: "a1", type: "alert" }] }, "messages.0.payload"],
    ],
    set_fleet_timeout: [
      [{ fleet_id: "flt_1", timeout_ms: 0.5 }, "timeout_ms", "got 0.5"],
      [{ fleet_id: "flt_1" }, "timeout_ms", "it is missing"],
    ],
    record_routing_outcome: [[{ agent_id: "a1", success: "yes" }, "success", "yes"]],
  }
  for (const name of toolNames)
    test(name, async () => {
      const before = (await mesh.events()).length
      for (const [args, ...named] of bad[name])
        await expectFailure(() => run(name, args), "INVALID_ARGUMENT", ...named)
      expect(await mesh.events()).toHaveLength(before)
    })
})

describe("each tool answers with the fields of its contract", () => {
  test("spawning, attaching, listing, setting a timeout and stopping", async () => {
    const spawned = await run("spawn_fleet", { agents: [{ role: "Explorer", prompt: "look" }] })
    expect(spawned).toMatchObject({
      fleet_id: "flt_2",
      agent_ids: ["explorer-1"],
      agents: [
        {
          agent_id: "explorer-1",
          name: "explorer",
          role: "Explorer",
          agent: "build",
          status: "queued",
        },
      ],
    })
    expect(
      await run("attach_agent", { fleet_id: "flt_2", role: "Analyst", prompt: "think" }),
    ).toMatchObject({
      agent_id: "analyst-2",
      fleet_id: "flt_2",
      role: "Analyst",
      agent: "build",
      status: "queued",
    })
    expect((await run("list_fleets", {}))["fleets"]).toHaveLength(2)
    expect(await run("set_fleet_timeout", { fleet_id: "flt_2", timeout_ms: 1000 })).toEqual({
      fleet_id: "flt_2",
      ok: true,
      timeout_ms: 1000,
    })
    expect(await run("stop_agents", { fleet_id: "flt_2" })).toEqual({
      stopped: ["explorer-1", "analyst-2"],
      already_ended: [],
    })
  })

  test("sending, reading and acknowledging", async () => {
    const a1 = member(await mesh.agent("a1"))
    expect(
      await run(
        "send_message",
        { to_agent_id: "a2", type: "handoff", payload: { next_step: "x" }, wake: null },
        a1,
      ),
    ).toEqual({ message_id: "msg_1", recipients: ["a2-1"] })
    expect(
      await run(
        "send_messages",
        { messages: [{ to_agent_id: "a2", type: "alert", payload: "x" }] },
        a1,
      ),
    ).toEqual({ results: [{ message_id: "msg_2", recipients: ["a2-1"] }] })
    const page = await run("get_inbox", {}, member(await mesh.agent("a2")))
    expect(page["messages"].map((each: { payload: unknown }) => each.payload)).toEqual([
      { next_step: "x" },
      "x",
    ])
    expect(
      await run("ack_message", { message_id: "msg_1" }, member(await mesh.agent("a2"))),
    ).toEqual({
      ok: true,
    })
  })

  test("status and results, with a live line while they wait", async () => {
    expect(
      (await run("fleet_status", { fleet_id: "flt_1", wait_seconds: 0.03 }))["agents"],
    ).toHaveLength(2)
    expect(await run("collect_results", { fleet_id: "flt_1", wait_seconds: 0.03 })).toMatchObject({
      fleet_id: "flt_1",
      status: "running",
      complete: false,
    })
    expect(shown).toContain("shop: waiting")
  })

  test("capabilities, routing, the roster and outcomes", async () => {
    expect(
      await run("register_capability", { role: "Auditor", skills: ["auth"], agent_id: "a1" }),
    ).toEqual({ ok: true, agent_id: "a1-1", fleet_id: "flt_1" })
    expect((await run("route_work", { description: "audit auth" }))["matches"][0]).toEqual({
      kind: "agent",
      agent_id: "a1-1",
      role: "Auditor",
      score: 1,
      weight: 1,
      confidence: 0.5,
      fits: true,
      reason: "role",
    })
    expect(await run("list_agents", {})).toEqual({ count: 0, total: 0, agents: [] })
    expect(await run("record_routing_outcome", { agent_id: "a1", success: true })).toEqual({
      ok: true,
      recorded: ["a1-1"],
    })
    await expectFailure(
      () => run("record_routing_outcome", { agent_id: "ghost", success: true }),
      "UNKNOWN_AGENT",
      "ghost",
      "oracle",
    )
    await expectFailure(
      async () =>
        run(
          "register_capability",
          { role: "x", skills: ["y"], agent_id: "a2" },
          member(await mesh.agent("a1")),
        ),
      "NOT_YOUR_IDENTITY",
      "a2",
    )
  })
})
