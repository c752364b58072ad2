import { expect } from "bun:test"
import { isActive, isEnded } from "../../../plugin/mesh/model/agent.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import { iso, refuse, type World } from "./world.ts"

type Answer = Record<string, any>
type Args = Record<string, any>

/** Checks of these find what only supervisors and hosts do, and there are none. */
const unattended = ["agent-at-work-nowhere", "fleet-never-ends"]

/** What an audit finds wrong. */
export const wrongIn = (findings: readonly { check: string; subject: string }[]) =>
  findings.filter(({ check }) => !unattended.includes(check))

const mayAct = (caller: Caller) => (caller.delegated ? refuse("NOT_ALLOWED") : undefined)

const none = { successes: 0, failures: 0 }

export const workRules = {
  register_capability(world: World, caller: Caller, args: Args) {
    const { agent_id, fleet_id, role, skills } = args
    mayAct(caller)
    world.noOtherIdentity(caller, agent_id)
    const fleet = world.meant(caller, fleet_id, agent_id ? [agent_id] : [])
    if (caller.member && caller.member.fleetId !== fleet.id) refuse("NOT_ALLOWED")
    const actor = world.actor(caller, fleet, agent_id)
    if (!actor) return refuse("INVALID_ARGUMENT")
    fleet.agents.find(({ id }) => id === actor.id)!.skills.set(role, skills)
    return (answer: Answer) =>
      expect(answer).toEqual({ ok: true, agent_id: actor.id, fleet_id: fleet.id })
  },

  /** The ranker of the story tells in its reason what it was given. */
  route_work(world: World, caller: Caller, { scope }: Args) {
    const open = caller.member
      ? world.fleets.filter(({ id }) => id === caller.member!.fleetId)
      : world
          .ledBy(caller)
          .filter(
            ({ status, lead }) =>
              status === "running" || (caller.human && lead === caller.sessionId),
          )
    const candidates =
      scope === "roster"
        ? []
        : open
            .flatMap(({ agents }) => agents)
            .filter(({ id, status }) => id !== caller.member?.agentId && status !== "cancelled")
    const expected = candidates.flatMap(({ id, status, skills }) => {
      const mail = world.deliveriesTo(id).filter(({ delivery }) => delivery.state !== "acked")
      const load = mail.length + (isActive(status) ? 1 : 0)
      const available = !isEnded(status) || status === "complete"
      return [...skills].map(([role, known]) => ({
        ...{ kind: "agent", agent_id: id, role, score: 1, weight: 1, confidence: 1, fits: true },
        reason: JSON.stringify([known, load, available, world.outcomes.get(id) ?? none]),
      }))
    })
    const inOrder = (matches: readonly Answer[]) =>
      matches.toSorted((a, b) =>
        `${a["agent_id"]} ${a["role"]}` < `${b["agent_id"]} ${b["role"]}` ? -1 : 1,
      )
    return ({ matches }: Answer) => expect(inOrder(matches)).toEqual(inOrder(expected))
  },

  list_agents: () => (answer: Answer) => expect(answer).toEqual({ count: 0, total: 0, agents: [] }),

  record_routing_outcome(world: World, caller: Caller, { agent_id, success }: Args) {
    const fleets = caller.member
      ? world.fleets.filter(({ id }) => id === caller.member!.fleetId)
      : world.ledBy(caller)
    const agent =
      world.allAgents().find(({ id }) => id === agent_id) ??
      fleets.map((fleet) => world.exactly(fleet, agent_id)).find((found) => found !== undefined)
    if (!agent) return refuse("UNKNOWN_AGENT")
    const fleet = world.fleetOf(caller, agent.fleet.id)
    if (!world.isLead(caller, fleet) && caller.member?.fleetId !== fleet.id) refuse("NOT_THE_LEAD")
    const { successes, failures } = world.outcomes.get(agent.id) ?? none
    world.outcomes.set(agent.id, {
      successes: successes + (success ? 1 : 0),
      failures: failures + (success ? 0 : 1),
    })
    return (answer: Answer) => expect(answer).toEqual({ ok: true, recorded: [agent.id] })
  },

  ping: (_: World, __: Caller, ___: Args, at: number) => (answer: Answer) =>
    expect(answer).toEqual({ status: "ok", timestamp: iso(at) }),

  get_health(world: World, caller: Caller, _: Args, at: number) {
    const running = world.fleets.filter(
      ({ project, status }) => project === caller.project && status === "running",
    )
    const agents = running.flatMap((fleet) => fleet.agents)
    const counts = {
      fleets_running: running.length,
      agents_at_work: agents.filter(({ status }) => status === "running").length,
      agents_waiting: agents.filter(({ status }) => status === "queued").length,
      hosts: 0,
    }
    const isStuck = ({ agents: all }: (typeof running)[number]) => {
      const open = all.filter(({ status }) => !isEnded(status))
      return open.length > 0 && open.every(({ waits }) => waits)
    }
    // Newest first.
    const reasons = running
      .toReversed()
      .flatMap((fleet) => [
        ...(isStuck(fleet) ? ["stuck"] : []),
        ...(world.gone.has(fleet.lead) ? ["abandoned"] : []),
      ])
    return (answer: Answer) => {
      // How long a writer waits is the machine's.
      const told = (answer["reasons"] as Answer[]).filter(({ what }) => what !== "lock wait")
      expect([answer["timestamp"], answer["counts"], told.map(({ what }) => what)]).toEqual([
        iso(at),
        counts,
        reasons,
      ])
      if (told.length === answer["reasons"].length)
        expect(answer["status"]).toBe(
          reasons.includes("abandoned") ? "error" : reasons.length > 0 ? "degraded" : "ok",
        )
    }
  },

  verify_ledger: () => (answer: Answer) => expect(wrongIn(answer["findings"])).toEqual([]),
}
