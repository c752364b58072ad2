import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import { z } from "zod"
import type { MeshError } from "../../plugin/mesh/model/errors.ts"
import { auditLedger } from "../../plugin/mesh/audit/audit.ts"
import {
  approvalToolsFor,
  boardToolsFor,
  coreTools,
  createTools,
  isBoardTool,
  isReservationTool,
  reservationToolsFor,
  memberTools,
  type ToolName,
  toolNames,
  toolsFor,
  treeToolsFor,
} from "../../plugin/tools/registry.ts"
import { slimForMember, slimSchema } from "../../plugin/tools/define/slim-schema.ts"
import { createWork } from "../../plugin/mesh/work.ts"
import { member, session } from "../mesh/support/callers.ts"
import { expectFailure } from "../mesh/support/errors.ts"
import { holdsAsync, patience } from "../support/properties.ts"
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
  tools = createTools({ ...mesh, work, audit: () => mesh.ledger.read(auditLedger) })
  shown.length = 0
})
afterEach(() => mesh.end())

/** An object in an object, and so on. */
const nested = (levels: number) => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = { value }
  return value
}

const run = async (name: ToolName, args: unknown, caller = lead) => {
  const { title, output } = await tools[name].run(args, caller, {
    signal: new AbortController().signal,
    progress: (line) => void shown.push(line),
  })
  expect(title.length).toBeGreaterThan(0)
  return JSON.parse(output) as Record<string, any>
}

const plain = toolNames.filter((name) => !isBoardTool(name) && !isReservationTool(name))

/** As OpenCode tells a provider of them. */
const bytes = (names: readonly ToolName[], slim = slimSchema) =>
  names.reduce((sum, name) => {
    const schema = slim(z.toJSONSchema(z.object(tools[name].args), { io: "input" }))
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

describe("the sets", () => {
  test("are core by default, and more by name or all of them", () => {
    expect(toolsFor("lead", "core")).toEqual([...coreTools])
    expect(toolsFor("lead", "all")).toEqual(plain)
    expect(toolsFor("lead", ["send_messages", "no_such_tool"])).toEqual([
      ...coreTools,
      "send_messages",
    ])
    expect(toolsFor("member", "core").toSorted()).toEqual([...memberTools].toSorted())
    expect(toolsFor("member", "all").toSorted()).toEqual(
      [...memberTools, "register_capability", "cast_vote", "receipt"].toSorted() as never,
    )
  })

  test("of a board are for those who have one, and cost a member at most 1,800 bytes", () => {
    expect(boardToolsFor("member")).toEqual([
      "add_tasks",
      "claim_task",
      "update_task",
      "list_tasks",
    ])
    expect(boardToolsFor("lead")).toEqual(["add_tasks", "update_task", "list_tasks"])
    expect(bytes(boardToolsFor("member"), slimForMember)).toBeLessThanOrEqual(1800)
    expect(bytes(boardToolsFor("lead"))).toBeLessThanOrEqual(1600)
  })

  test("of worktrees are for leads, and not hidden where they are asked for", () => {
    expect(treeToolsFor("lead", "core")).toEqual(["merge_agents"])
    expect(treeToolsFor("lead", "all")).toEqual([])
    expect(treeToolsFor("lead", ["merge_agents"])).toEqual([])
    expect(treeToolsFor("member", "core")).toEqual([])
  })

  test("of approval are for members, and not hidden where they are asked for", () => {
    expect(approvalToolsFor("member", "core")).toEqual(["receipt"])
    expect(approvalToolsFor("member", ["receipt"])).toEqual([])
    expect(approvalToolsFor("lead", "core")).toEqual([])
  })

  test("of reservations are for members where that is on, at most 800 bytes", () => {
    expect(reservationToolsFor("member", true)).toEqual(["reserve_files", "release_files"])
    expect(reservationToolsFor("member", false)).toEqual([])
    expect(reservationToolsFor("lead", true)).toEqual([])
    expect(bytes(reservationToolsFor("member", true), slimForMember)).toBeLessThanOrEqual(800)
  })

  test("cost a lead at most 6,100 bytes, a member 2,850 (4,400 with all) and everything 12,100", () => {
    expect(bytes(coreTools)).toBeLessThanOrEqual(6100)
    expect(bytes(memberTools, slimForMember)).toBeLessThanOrEqual(2850)
    expect(bytes(toolsFor("member", "all"), slimForMember)).toBeLessThanOrEqual(4400)
    expect(bytes(plain)).toBeLessThanOrEqual(12_100)
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
      [
        { agents: [{ role: "x", prompt: "y" }], timeout_ms: 8.64e15 },
        "timeout_ms",
        "31536000000",
        "got 8640000000000000",
      ],
      [
        { agents: [{ role: "x", prompt: "y" }], budget: { tokens: 1e13 } },
        "budget.tokens",
        "1000000000000",
      ],
      [{ agents: [{ role: "x", prompt: "y" }], max_parallel: "9".repeat(400) }, "max_parallel"],
      [{ agents: [{ role: "x\ny", prompt: "y" }] }, "agents.0.role", '"x\\ny"', "one line"],
      [{ agents: [{ role: "x", prompt: "\ud800" }] }, "agents.0.prompt", "surrogate"],
      [{ agents: [{ role: "x", prompt: "a\0b" }] }, "agents.0.prompt", "NUL"],
      [{ agents: [{ role: "x", prompt: "y", name: "a\u001b[31m" }] }, "agents.0.name"],
    ],
    attach_agent: [
      [{ fleet_id: "flt_1", role: "", prompt: "x" }, "role", '""'],
      [{ fleet: "flt_1", role: "x", prompt: "y" }, "did you mean fleet_id?"],
      [
        { fleet_id: "flt_1", role: "x", prompt: "y", budget: { turns: 0 } },
        "budget.turns",
        "got 0",
      ],
      [{ fleet_id: "flt_1", role: "\u202eabc", prompt: "y" }, "role", "one line"],
      [{ fleet_id: "flt_1", role: "x", prompt: "y\udfff" }, "prompt", "surrogate"],
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
    stop_agents: [
      [{ fleet_id: "flt_1", mode: "softly" }, "mode", "softly"],
      [{ fleet_id: "flt_1", reason: "a\u0007" }, "reason", "one line"],
      [{ fleet_id: "flt_1", reason: "r".repeat(501) }, "reason", "500"],
    ],
    send_message: [
      [{ to_agent_id: "a1", type: "chat", payload: "x" }, "type", "chat"],
      [{ to_agent_id: "a1", type: "alert", payload: "" }, "payload"],
      [{ to_agent_id: "", type: "alert", payload: "x" }, "to_agent_id"],
      [
        { to_agent_id: "a1", type: "alert", payload: "x", correlation_id: "c".repeat(129) },
        "correlation_id",
        "128",
      ],
      [
        { to_agent_id: "a1", type: "alert", payload: "x", correlation_id: "c\n[meshfleet]" },
        "correlation_id",
        "one line",
        "[meshfleet]",
      ],
      [{ to_agent_id: "a1", type: "alert", payload: "half \ud83d" }, "payload", "surrogate"],
      [{ to_agent_id: "a1", type: "alert", payload: "a\0" }, "payload", "NUL"],
      [
        { to_agent_id: "a1", type: "alert", payload: JSON.parse('{"a":{"__proto__":{"b":1}}}') },
        "payload.a.__proto__",
      ],
      [{ to_agent_id: "a1", type: "alert", payload: { far: Infinity } }, "payload.far", "Infinity"],
      [{ to_agent_id: "a1", type: "alert", payload: { "half \ud83d": 1 } }, "key", "surrogate"],
      [{ to_agent_id: "a1", type: "alert", payload: nested(10_000) }, "64 levels"],
    ],
    get_inbox: [
      [{ message_id: "msg_1", offset: 65_537 }, "offset", "65536"],
      [{ limit: 101 }, "limit", "100", "got 101"],
      [{ since: 7 }, "since", "got 7"],
    ],
    ack_message: [[{ message_id: "" }, "message_id"]],
    register_capability: [
      [{ role: "x", skills: [] }, "skills"],
      [{ role: "x", skills: ["y"], context_window: 0 }, "context_window"],
      [{ role: "x", skills: ["y"], context_window: 1e15 }, "context_window", "1000000000000"],
      [{ role: "x", skills: ["y\nz"] }, "skills.0", "one line"],
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
      [
        { messages: [{ to_agent_id: "a1", type: "alert", payload: "\udc00" }] },
        "messages.0.payload",
        "surrogate",
      ],
      [
        {
          messages: [{ to_agent_id: "a1", type: "alert", payload: JSON.parse('{"__proto__":1}') }],
        },
        "messages.0.payload.__proto__",
      ],
    ],
    merge_agents: [
      [{ agent_ids: [] }, "agent_ids", "1"],
      [{ check: "" }, "check"],
      [{ check: "x".repeat(2001) }, "check", "2000"],
      [{ squash: "perhaps" }, "squash"],
      [{ wait_seconds: 601 }, "wait_seconds", "600"],
    ],
    set_fleet_timeout: [
      [{ fleet_id: "flt_1", timeout_ms: 0.5 }, "timeout_ms", "got 0.5"],
      [{ fleet_id: "flt_1" }, "timeout_ms", "it is missing"],
      [{ fleet_id: "flt_1", timeout_ms: 8.64e15 }, "timeout_ms", "31536000000", "got 864"],
    ],
    verify_ledger: [[{ file: "mesh.db" }, "file"]],
    ping: [[{ host: "x" }, "host"]],
    get_health: [[{ fleet_id: "flt_1" }, "fleet_id"]],
    record_routing_outcome: [
      [{ agent_id: "a1", success: "yes" }, "success", "yes"],
      [{ agent_id: "a1", success: true, capability_key: "a\tb" }, "capability_key", "one line"],
    ],
    receipt: [
      [{ message_id: "msg_1" }, "action", "it is missing"],
      [{ message_id: "msg_1", action: "Merged it" }, "action", "small letters", "Merged it"],
      [{ message_id: "msg_1", action: "x".repeat(65) }, "action", "64"],
      [{ message_id: "msg_1", action: "read", note: "" }, "note"],
      [{ message_id: "msg_1", action: "read", note: "n".repeat(2001) }, "note", "2000"],
      ...["ack", "acked", "seen", "injected", "accepted", "parked"].map(
        (action): [unknown, ...string[]] => [{ message_id: "msg_1", action }, action, "by hand"],
      ),
      ...["r-ack", "r-decline", "r-ack:2", "r-decline:7", "r-x"].map(
        (action): [unknown, ...string[]] => [{ message_id: "msg_1", action }, action, "by hand"],
      ),
    ],
    get_receipts: [
      [{ message_id: "" }, "message_id"],
      [{ message_id: "msg_1", offset: -1 }, "offset", "got -1"],
    ],
    open_ratification: [
      [{ subject: "x" }, "quorum", "it is missing"],
      [{ subject: "a\nb", quorum: 1 }, "subject", "one line"],
      [{ subject: "s".repeat(301), quorum: 1 }, "subject", "300"],
      [{ subject: "x", quorum: 0 }, "quorum", "got 0"],
      [{ subject: "x", quorum: 1.5 }, "quorum", "got 1.5"],
      [{ subject: "x", quorum: 3 }, "quorum", "3 is out of reach", "2 together"],
      [{ subject: "x", quorum: 10_000_001 }, "quorum", "10000000"],
      [{ subject: "x", quorum: 1, payload: "" }, "payload"],
      [{ subject: "x", quorum: 1, voters: [] }, "voters"],
      [{ subject: "x", quorum: 1, silence_policy: "reject" }, "silence_policy", "reject"],
      [{ subject: "x", quorum: 1, weights: { a1: 0 } }, "weights.a1", "got 0"],
      [{ subject: "x", quorum: 1, weights: { a1: -1 } }, "weights.a1", "got -1"],
      [{ subject: "x", quorum: 1, weights: { a1: 0.5 } }, "weights.a1", "got 0.5"],
      [{ subject: "x", quorum: 1, weights: { a1: 1_000_001 } }, "weights.a1", "1000000"],
      [{ subject: "x", quorum: 1, weights: { lead: 2 } }, "weights", '"lead" is no voter'],
      [{ subject: "x", quorum: 1, voters: ["a1"], weights: { a2: 2 } }, "weights", '"a2"'],
      [{ subject: "x", quorum: 1, weights: { a1: 2, "a1-1": 3 } }, "weights", "twice"],
      [
        { subject: "x", quorum: 1, voters: ["a1"], required_signoffs: ["a2"] },
        "required_signoffs",
        '"a2" is no voter',
      ],
      ...["tomorrow", "2026-02-30T00:00:00Z", "2026-01-01T12:00", "P", "PT", "P1W", "10m"].map(
        (deadline): [unknown, ...string[]] => [
          { subject: "x", quorum: 1, deadline },
          "deadline",
          deadline,
          "neither",
        ],
      ),
      [{ subject: "x", quorum: 1, deadline: "2025-12-31T23:59:59Z" }, "deadline", "future"],
      [{ subject: "x", quorum: 1, deadline: "PT0S" }, "deadline", "future"],
      [{ subject: "x", quorum: 1, deadline: "P366D" }, "deadline", "31536000000"],
      [{ subject: "x", quorum: 1, deadline: "P999999999D" }, "deadline", "31536000000"],
    ],
    cast_vote: [
      [{ message_id: "msg_1", approve: "perhaps" }, "approve", "perhaps"],
      [{ message_id: "msg_1" }, "approve", "it is missing"],
      [{ message_id: "msg_1", approve: true, voter: "a2" }, "voter"],
      [{ message_id: "msg_1", approve: true, note: "n".repeat(2001) }, "note", "2000"],
    ],
    subscribe_inbox: [
      [{ agent_id: "" }, "agent_id"],
      [{ fleet_id: "flt_1" }, "fleet_id"],
    ],
    tally_ratification: [[{ message_id: "" }, "message_id"]],
    sweep_ratifications: [[{ fleet_id: "flt_1" }, "fleet_id"]],
    save_fleet_template: [
      [{ name: "Pair", agents: [{ role: "x", prompt: "y" }] }, "name", "a to z", '"Pair"'],
      [{ name: "x".repeat(65), agents: [{ role: "x", prompt: "y" }] }, "name", "64"],
      [{ name: "x", agents: [] }, "agents", "1"],
      [
        { name: "x", agents: Array.from({ length: 33 }, () => ({ role: "x", prompt: "y" })) },
        "agents",
        "32",
      ],
      [{ name: "x", agents: [{ role: "x" }] }, "agents.0.prompt"],
      [{ name: "x", agents: [{ role: "", prompt: "y" }] }, "agents.0.role"],
      [{ name: "x", agents: [{ role: "a\n{{b}}", prompt: "y" }] }, "agents.0.role", "one line"],
      [{ name: "x", agents: [{ role: "x", prompt: "y", name: "*{{a}}" }] }, "agents.0.name"],
      [{ name: "x", agents: [{ role: "x", prompt: "y", model: "gpt" }] }, "agents.0.model", "gpt"],
      [{ name: "x", agents: [{ role: "x", prompt: "y", modell: "a/b" }] }, "did you mean model?"],
      [{ name: "x", agents: [{ role: "x", prompt: "y", waits: "no!" }] }, "agents.0.waits"],
      [
        { name: "x", agents: ["a", "a"].map((name) => ({ name, role: "x", prompt: "y" })) },
        "agents.1.name",
        '"a" is taken',
      ],
      [{ name: "x", agents: [{ role: "x", prompt: "y", name: "lead" }] }, '"lead" is taken'],
      [
        { name: "x", agents: [1, 2].map(() => ({ role: "x", prompt: "y".repeat(150_000) })) },
        "agents",
        "262144",
      ],
      [{ name: "x", agents: [{ role: "x", prompt: "y" }], description: "a\nb" }, "description"],
    ],
    list_fleet_templates: [[{ name: "No such" }, "name", "No such"]],
    spawn_from_template: [
      [{ name: "" }, "name"],
      [{ name: "pair", version: 0 }, "version", "got 0"],
      [{ name: "pair", variables: ["what"] }, "variables"],
      [{ name: "pair", variables: { what: { deep: 1 } } }, "variables.what"],
      [{ name: "pair" }, "missing: what"],
      [{ name: "pair", variables: { wat: "x" } }, "missing: what", "not known: wat", "mean what?"],
      [{ name: "pair", variables: { what: "x".repeat(200_001) } }, "200000"],
    ],
    add_tasks: [
      [{ tasks: [] }, "tasks"],
      [{ tasks: Array.from({ length: 101 }, () => ({ title: "x" })) }, "tasks", "100"],
      [{ tasks: [{ description: "x" }] }, "tasks.0.title", "it is missing"],
      [{ tasks: [{ title: "a\nb" }] }, "tasks.0.title", "one line"],
      [{ tasks: [{ title: "x", after: [7] }] }, "tasks.0.after", '"7"'],
      [{ tasks: [{ title: "x", after: ["x"] }] }, "tasks.0.after", '"x"'],
      [{ tasks: [{ title: "x" }, { title: "x" }, { title: "y", after: ["x"] }] }, "several"],
      [
        {
          tasks: [
            { title: "a", after: ["b"] },
            { title: "b", after: ["a"] },
          ],
        },
        "1 → 2 → 1",
        "wait for each other",
      ],
      [{ tasks: [{ title: "x", check: "npm test; ls" }] }, "tasks.0.check", '";"', "a shell"],
      [{ tasks: [{ title: "x", check: "cat /etc/passwd" }] }, '"/etc/passwd"', "leads out"],
      [{ tasks: [{ title: "x", done: true }] }, "done"],
    ],
    claim_task: [[{ task_id: 0 }, "task_id", "got 0"]],
    update_task: [
      [{ state: "done" }, "task_id", "it is missing"],
      [{ task_id: 1, state: "claimed" }, "state", "claimed"],
      [{ task_id: 1, note: "n".repeat(2001) }, "note", "2000"],
    ],
    list_tasks: [[{ state: "finished" }, "state", "finished"]],
    reserve_files: [
      [{ paths: [], reason: "x" }, "paths"],
      [{ paths: ["a"] }, "reason", "it is missing"],
      [{ paths: ["a"], reason: "a\nb" }, "reason", "one line"],
      [{ paths: ["a"], reason: "x", mode: "mine" }, "mode", "mine"],
      [{ paths: ["a"], reason: "x", minutes: 241 }, "minutes", "240", "got 241"],
    ],
    release_files: [
      [{ paths: [] }, "paths"],
      [{ to: "" }, "to"],
      [{ paths: ["src"] }, "paths", "`src` is not reserved", "nothing"],
    ],
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
    ).toEqual({
      message_id: "msg_1",
      recipients: ["a2-1"],
      reads_it: "when it begins",
    })
    expect(
      await run(
        "send_messages",
        { messages: [{ to_agent_id: "a2", type: "alert", payload: "x" }] },
        a1,
      ),
    ).toEqual({
      results: [{ message_id: "msg_2", recipients: ["a2-1"], reads_it: "when it begins" }],
    })
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

  test(
    "a payload comes back as it was sent, or is refused",
    async () => {
      const [a1, a2] = [member(await mesh.agent("a1")), member(await mesh.agent("a2"))]
      const odd = fc.string({ unit: "binary", minLength: 1 })
      const object = fc.dictionary(
        fc.oneof(odd, fc.constantFrom("__proto__", "constructor", "toString")),
        fc.jsonValue({ stringUnit: "binary" }),
      )
      let since = "0"
      let kept = 0
      // A key that every object has another value for is a key like any other.
      const named = { to_agent_id: "a2", type: "handoff", payload: { constructor: 1 } }
      await run("send_message", named, a1)
      const page = await run("get_inbox", {}, a2)
      expect(page["messages"][0].payload).toEqual({ constructor: 1 })
      since = page["cursor"]
      await holdsAsync(
        fc.asyncProperty(fc.oneof(odd, object), async (payload) => {
          // As it comes from a model: through JSON, which has no -0.
          const sent = JSON.parse(JSON.stringify(payload)) as unknown
          try {
            await run("send_message", { to_agent_id: "a2", type: "handoff", payload: sent }, a1)
          } catch (error) {
            expect((error as MeshError).code).toBe("INVALID_ARGUMENT")
            return
          }
          const page = await run("get_inbox", { since }, a2)
          since = page["cursor"]
          kept++
          expect(JSON.stringify(page["messages"][0].payload)).toBe(JSON.stringify(sent))
        }),
        300,
      )
      expect(kept).toBeGreaterThan(100)
    },
    patience,
  )

  test("a deadline that is no date, as an earlier version took it, is the last date there is", async () => {
    await mesh.ledger.transact((tx) => tx.run("UPDATE fleets SET timeout_at = ?", 2 * 8.64e15))
    const { fleet } = await run("fleet_status", { fleet_id: "flt_1" })
    expect(fleet.timeout_at).toBe("+275760-09-13T00:00:00.000Z")
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
    expect(shown).toContain("shop: 0 of 2 done; a1: queued, a2: queued")
  })

  test("templates: saving, listing, showing and spawning", async () => {
    const agents = [{ role: "Doer", prompt: "Do {{what}}.", agent: "code-reviewer" }]
    expect(await run("save_fleet_template", { name: "own", agents })).toEqual({
      template: {
        name: "own",
        version: 1,
        source: "saved",
        owner: "project",
        variables: ["what"],
        agents: [{ role: "Doer", agent: "code-reviewer" }],
        saved_at: "2026-01-01T00:00:00.000Z",
      },
    })
    const { templates } = await run("list_fleet_templates", {})
    expect(templates).toMatchObject([{ name: "own" }, { name: "pair", source: "bundled" }])
    expect((await run("list_fleet_templates", { name: "own" }))["templates"][0].agents).toEqual(
      agents,
    )
    // As models write them.
    const variables = JSON.stringify({ what: 3 })
    expect(await run("spawn_from_template", { name: "own", variables, version: "1" })).toEqual({
      fleet_id: "flt_2",
      agent_ids: ["doer-1"],
      agents: [
        {
          agent_id: "doer-1",
          name: "doer",
          role: "Doer",
          agent: "code-reviewer",
          status: "queued",
        },
      ],
      template: "own",
      version: 1,
    })
    expect((await mesh.agents("flt_2"))[0]!.prompt).toBe("Do 3.")
  })

  test("very many templates fit into one answer", async () => {
    const agents = Array.from({ length: 32 }, () => ({ role: "r".repeat(60), prompt: "y" }))
    const description = "d".repeat(100)
    for (let count = 0; count < 200; count++)
      await mesh.templates.save(lead, { name: `template-${count}`, agents, description })
    const { templates } = await run("list_fleet_templates", {})
    expect(templates).toHaveLength(201)
    expect(Object.keys(templates[7])).toEqual(["name", "version", "source", "variables"])
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
    await mesh.given(["b1"])
    await expectFailure(
      async () =>
        run(
          "register_capability",
          { role: "x", skills: ["y"], fleet_id: "flt_2" },
          member(await mesh.agent("a1")),
        ),
      "NOT_ALLOWED",
      "flt_1",
      "flt_2",
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

describe("what OpenCode shows of a call", () => {
  const found = (result: Record<string, any>, path: string) =>
    path.split(".").reduce<any>((value, key) => value?.[key], result)

  test("has a title that says what was done, for every tool", async () => {
    const answers: Record<string, any> = {}
    const titled: Partial<Record<ToolName, string>> = {}
    const call = async (name: ToolName, args: unknown, caller = lead) => {
      const { title, output, metadata } = await tools[name].run(args, caller, {
        signal: new AbortController().signal,
        progress: (line) => void shown.push(line),
      })
      titled[name] = title
      answers[name] = { ...JSON.parse(output), metadata }
    }
    const [first, second] = [member(await mesh.agent("a1")), member(await mesh.agent("a2"))]
    const fleet_id = "flt_1"
    const agents = [
      { role: "Mapper", prompt: "map" },
      { role: "Reviewer", prompt: "review" },
    ]
    await call("spawn_fleet", { agents, name: "shop" })
    await call("attach_agent", { fleet_id, role: "Maker", prompt: "make" })
    await call("send_message", { fleet_id, to_agent_id: "a2", type: "question", payload: "?" })
    const { message_id } = answers["send_message"]
    await call("send_messages", {
      messages: [{ fleet_id, to_agent_id: "a2", type: "handoff", payload: "x" }],
    })
    await call("get_inbox", {}, second)
    await call("receipt", { message_id, action: "read" }, second)
    await call("get_receipts", { message_id })
    await call("ack_message", { message_id }, second)
    await call("subscribe_inbox", { agent_id: "a2" })
    await call("register_capability", { role: "mapper", skills: ["maps"] }, first)
    await call("route_work", { description: "draw a map" })
    await call("list_agents", {})
    await call("record_routing_outcome", { agent_id: "a1", success: true })
    await call("open_ratification", { fleet_id, subject: "Use Postgres", quorum: 2 })
    const proposal = { message_id: answers["open_ratification"].message_id }
    await call("cast_vote", { ...proposal, approve: true }, first)
    await call("tally_ratification", proposal)
    await call("sweep_ratifications", {})
    await call("save_fleet_template", { name: "duo", agents })
    await call("list_fleet_templates", {})
    await call("spawn_from_template", { name: "duo" })
    await call("set_fleet_timeout", { fleet_id, timeout_ms: 90_000 })
    await call("add_tasks", { fleet_id, tasks: [{ title: "Draw" }, { title: "Ink", after: [1] }] })
    await call("claim_task", {}, first)
    await call("update_task", { task_id: 1, state: "done", note: "In maps/." }, first)
    await call("list_tasks", {}, second)
    await call("reserve_files", { paths: ["maps", "a.ts"], reason: "Drawing" }, first)
    await call("release_files", { to: "a2" }, first)
    await call("list_fleets", {})
    await call("fleet_status", { fleet_id })
    await call("merge_agents", { fleet_id })
    await call("stop_agents", { fleet_id, agent_ids: ["a1"] })
    await call("collect_results", { fleet_id })
    await call("ping", {})
    await call("get_health", {})
    await call("verify_ledger", {})
    expect(Object.keys(titled).toSorted()).toEqual([...toolNames].toSorted())
    const { message_id: asked } = proposal
    expect(titled).toEqual({
      spawn_fleet: "2 agents: mapper, reviewer",
      attach_agent: "maker joins flt_1",
      send_message: "question to a2",
      send_messages: "1 message",
      get_inbox: "2 messages",
      receipt: `${message_id}: read`,
      get_receipts: `3 receipts of ${message_id}`,
      ack_message: `${message_id} acknowledged`,
      subscribe_inbox: `a2 until ${answers["subscribe_inbox"].expires_at}`,
      register_capability: "mapper: 1 skill",
      route_work: "best: a1-1",
      list_agents: "0 of 0 agents",
      record_routing_outcome: "a1: success",
      open_ratification: `${asked}: Use Postgres`,
      cast_vote: `${asked}: approve`,
      tally_ratification: `${asked}: open`,
      sweep_ratifications: "0 of 1 resolved",
      save_fleet_template: "duo, version 1",
      list_fleet_templates: expect.stringMatching(/^\d+ templates$/),
      spawn_from_template: "2 agents of duo: mapper, reviewer",
      set_fleet_timeout: "flt_1: 90000 ms",
      merge_agents: "0 of 3 branches merged",
      list_fleets: "3 fleets",
      fleet_status: "shop: running, 3 queued",
      stop_agents: "cancel: 1 agent",
      collect_results: "0 of 3 results: 1 cancelled, 2 queued",
      add_tasks: "2 tasks: 0 of 2 done, 2 open (1 waits for others)",
      claim_task: "1: Draw",
      update_task: "task 1: done",
      list_tasks: "1 of 2 done, 1 open",
      reserve_files: "2 reservations: maps",
      release_files: "2 reservations handed to a2",
      ping: "ok",
      get_health: "ok",
      // What a test puts there has no event.
      verify_ledger: "1 error in the ledger",
    })
    expect(found(answers, "spawn_fleet.metadata.agents")).toEqual([
      expect.stringMatching(/^mapper · Mapper · /),
      expect.stringMatching(/^reviewer · Reviewer · /),
    ])
    for (const name of ["fleet_status", "collect_results"])
      expect(found(answers, `${name}.metadata.agents`)).toHaveLength(3)
    for (const title of Object.values(titled)) expect(title).not.toContain("\n")
  })
})
