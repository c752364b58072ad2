import type { StoryTool } from "./calls.ts"
import { expect } from "bun:test"
import { isEnded } from "../../../plugin/mesh/model/agent.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { councilRules } from "./council-rules.ts"
import { mailRules } from "./mail-rules.ts"
import { templateRules } from "./template-rules.ts"
import { workRules } from "./work-rules.ts"
import { type Agent, type Fleet, iso, refuse, type World } from "./world.ts"

/** Answers of tools are looked at field by field. */
type Answer = Record<string, any>
type Args = Record<string, any>

/**
 * What the contract says of a call: it throws a `Refusal`, or returns what has to be true of the
 * answer. What the call changes is changed before it returns, or with the answer where ids are new.
 */
type Rule = (world: World, caller: Caller, args: Args, at: number) => (answer: Answer) => void

const mayAct = (caller: Caller) => (caller.delegated ? refuse("NOT_ALLOWED") : undefined)

const checkDraft = ({ model, agent }: Args) => {
  if (model === "no/model") refuse("UNKNOWN_MODEL")
  if (agent === "nobody") refuse("UNKNOWN_SPECIALIST")
}

const checkNames = (fleet: Fleet | undefined, drafts: readonly Args[]) => {
  const taken = new Set([
    "lead",
    "meshfleet",
    "human",
    ...(fleet?.agents ?? []).map(({ name }) => name),
  ])
  for (const { name } of drafts) {
    if (name !== undefined && taken.has(name)) refuse("NAME_TAKEN")
    if (name !== undefined) taken.add(name)
  }
}

const join = (
  world: World,
  fleet: Fleet,
  added: readonly Answer[],
  { drafts, at }: { drafts: readonly Args[]; at: number },
) => {
  for (const [index, { agent_id, name, role, agent, status }] of added.entries()) {
    const draft = drafts[index]!
    expect({ role, agent, status }).toEqual({
      role: draft["role"],
      agent: "build",
      status: "queued",
    })
    if (draft["name"] !== undefined) expect(name).toBe(draft["name"])
    expect(world.allAgents().some(({ id }) => id === agent_id)).toBe(false)
    expect(fleet.agents.some((agent) => agent.name === name)).toBe(false)
    fleet.agents.push({
      ...{ id: agent_id, name, role, fleet, status: "queued", createdAt: at },
      ...{ waits: draft["waits"] === true, endedAt: undefined, output: undefined },
      ...{ error: undefined, skills: new Map([[role, draft["skills"] ?? []]]) },
    })
  }
}

const who = ({ id, name, role, status }: Agent) => ({
  ...{ agent_id: id, name, role, agent: "build", status },
})

const summary = (fleet: Fleet) => {
  const count = (status: string) => fleet.agents.filter((each) => each.status === status).length
  return {
    ...{ fleet_id: fleet.id, name: expect.any(String), status: fleet.status },
    created_at: iso(fleet.createdAt),
    ...(fleet.endedAt !== undefined && { completed_at: iso(fleet.endedAt) }),
    agent_count: fleet.agents.length,
    agents_queued: count("queued"),
    agents_running: count("running"),
    agents_complete: count("complete"),
    agents_failed: count("failed"),
    agents_cancelled: count("cancelled"),
  }
}

export const rules: Record<StoryTool, Rule> = {
  ...councilRules,
  ...templateRules((...call) => rules.spawn_fleet(...call)),
  ...mailRules,
  ...workRules,

  spawn_fleet(world, caller, args, at) {
    mayAct(caller)
    if (caller.member) refuse("NOT_ALLOWED")
    for (const draft of args["agents"]) checkDraft(draft)
    const running = world.fleets.filter(
      ({ project, status }) => project === caller.project && status === "running",
    )
    if (running.length >= world.limits.fleetsAtOnce) refuse("LIMIT_REACHED")
    if (args["agents"].length > world.limits.agentsPerFleet) refuse("LIMIT_REACHED")
    checkNames(undefined, args["agents"])
    return (answer) => {
      expect(world.fleets.some(({ id }) => id === answer["fleet_id"])).toBe(false)
      const { timeout_ms } = args
      const fleet: Fleet = {
        id: answer["fleet_id"],
        project: caller.project,
        lead: caller.sessionId,
        status: "running",
        agents: [],
        timeoutAt: timeout_ms === undefined ? null : at + timeout_ms,
        createdAt: at,
        endedAt: undefined,
      }
      expect(answer["agents"]).toHaveLength(args["agents"].length)
      join(world, fleet, answer["agents"], { drafts: args["agents"], at })
      expect(answer["agent_ids"]).toEqual(fleet.agents.map(({ id }) => id))
      world.fleets.push(fleet)
    }
  },

  attach_agent(world, caller, { fleet_id, ...draft }, at) {
    mayAct(caller)
    const fleet = world.meant(caller, fleet_id)
    if (caller.member && caller.member.fleetId !== fleet.id) refuse("NOT_THE_LEAD")
    checkDraft(draft)
    const { lead } = fleet
    if (!caller.member) world.lead(caller, fleet)
    try {
      if (fleet.agents.length >= world.limits.agentsPerFleet) refuse("LIMIT_REACHED")
      checkNames(fleet, [draft])
    } catch (error) {
      fleet.lead = lead
      throw error
    }
    return (answer) => {
      expect(answer["fleet_id"]).toBe(fleet.id)
      join(world, fleet, [answer], { drafts: [draft], at })
      // What reopens a fleet is not bound by a deadline that has passed.
      const isReopened = fleet.status !== "running"
      if (isReopened && fleet.timeoutAt !== null && fleet.timeoutAt <= at) fleet.timeoutAt = null
      world.settle(fleet, at)
    }
  },

  list_fleets(world, caller, { status, limit = 20 }) {
    const all = world.fleets
      .filter((fleet) => fleet.project === caller.project)
      .filter((fleet) => status === undefined || fleet.status === status)
      .toReversed()
      .slice(0, limit)
      .map((fleet) => ({ ...summary(fleet), lead: world.isLead(caller, fleet) }))
    return (answer) => expect(answer["fleets"]).toEqual(all)
  },

  fleet_status(world, caller, { fleet_id }, at) {
    const fleet = world.meant(caller, fleet_id)
    const queue = fleet.agents.filter(({ status, waits }) => status === "queued" && !waits)
    const agents = fleet.agents.map((agent) => ({
      ...who(agent),
      ...{ pid: null, host_alive: false, attempts: 0, activity: null, last_tool: null },
      age_ms: (agent.endedAt ?? at) - agent.createdAt,
      ...{ tokens: 0, cost_usd: 0, turns: 0 },
      unread: world.deliveriesTo(agent.id).filter(({ delivery }) => delivery.state !== "acked")
        .length,
      blocked_on: agent.status === "queued" && agent.waits ? "message" : null,
      ...(queue.includes(agent) && { queue_place: queue.indexOf(agent) + 1 }),
      ...(agent.error && { error: agent.error }),
    }))
    return (answer) => {
      expect(answer["fleet"]).toMatchObject({
        ...{ fleet_id: fleet.id, status: fleet.status, isolation: "auto" },
        created_at: iso(fleet.createdAt),
      })
      const { completed_at, timeout_at } = answer["fleet"]
      expect([completed_at, timeout_at]).toEqual([
        fleet.endedAt === undefined ? undefined : iso(fleet.endedAt),
        fleet.timeoutAt === null ? undefined : iso(fleet.timeoutAt),
      ])
      expect(answer["agents"]).toEqual(agents)
    }
  },

  collect_results(world, caller, { fleet_id, agent_ids }) {
    const fleet = world.meant(caller, fleet_id, agent_ids)
    const agents: Agent[] = agent_ids
      ? [...new Set<Agent>(agent_ids.map((name: string) => world.agentCalled(fleet, name)))]
      : fleet.agents
    const isDone = (agent: Agent) =>
      isEnded(agent.status) && (agent.status === "cancelled" || !world.hasWakingMail(agent))
    const complete = agents.every(isDone)
    const atWork = agents.filter(({ status }) => !isEnded(status)).map(({ name }) => name)
    const note =
      atWork.length > 0
        ? `Still at work: ${atWork.join(", ")}.`
        : "An agent whose turn is over has mail that wakes it."
    const expected = {
      ...{ fleet_id: fleet.id, status: fleet.status, complete, ...(!complete && { note }) },
      results: agents.map((agent) => ({
        ...who(agent),
        output: agent.output ?? "",
        partial: agent.status !== "complete",
        ...(agent.error && { error: agent.error }),
        ...{ attempts: 0, duration_ms: 0, tokens: 0, cost_usd: 0, session_id: null },
      })),
    }
    return (answer) => expect(answer).toEqual(expected)
  },

  stop_agents(world, caller, { fleet_id, agent_ids, mode, reason }, at) {
    mayAct(caller)
    const fleet = world.meant(caller, fleet_id, agent_ids)
    const { lead } = fleet
    world.lead(caller, fleet)
    try {
      const wanted: string[] = agent_ids ?? ["*"]
      const agents = wanted.includes("*")
        ? [...fleet.agents]
        : [...new Set(wanted.map((name) => world.agentCalled(fleet, name)))]
      const ended = agents.filter(({ status }) => isEnded(status)).map(({ id }) => id)
      const open = agents.filter(({ status }) => !isEnded(status))
      // Whoever runs is ended by its runner, and there is none here.
      const error = {
        code: mode === "kill" ? "KILLED" : "CANCELLED",
        detail: reason ?? "Stopped on request.",
      }
      for (const agent of open)
        if (agent.status === "queued") world.end(agent, at, { status: "cancelled", error })
      return (answer) =>
        expect(answer).toEqual({ stopped: open.map(({ id }) => id), already_ended: ended })
    } catch (error) {
      fleet.lead = lead
      throw error
    }
  },

  merge_agents(world, caller, { fleet_id, agent_ids }) {
    mayAct(caller)
    const fleet = world.meant(caller, fleet_id, agent_ids)
    const { lead } = fleet
    world.lead(caller, fleet)
    try {
      const agents = agent_ids
        ? [...new Set<Agent>(agent_ids.map((name: string) => world.agentCalled(fleet, name)))]
        : fleet.agents.toSorted((a, b) => (a.endedAt ?? Infinity) - (b.endedAt ?? Infinity))
      // Nobody has a worktree here.
      const branches = agents.map(({ id, name }) => ({ agent_id: id, name, state: "unchanged" }))
      return (answer) => expect(answer).toEqual({ fleet_id: fleet.id, complete: true, branches })
    } catch (error) {
      fleet.lead = lead
      throw error
    }
  },

  set_fleet_timeout(world, caller, { fleet_id, timeout_ms }, at) {
    mayAct(caller)
    const fleet = world.meant(caller, fleet_id)
    const { lead } = fleet
    world.lead(caller, fleet)
    if (fleet.status !== "running") {
      fleet.lead = lead
      refuse("FLEET_ENDED")
    }
    fleet.timeoutAt = at + timeout_ms
    return (answer) => expect(answer).toEqual({ ok: true, fleet_id: fleet.id, timeout_ms })
  },
}
