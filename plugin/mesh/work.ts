import { mapInOrder } from "./model/in-order.ts"
import {
  actingAs,
  fleetsLedBy,
  impliedFleet,
  isLeadOf,
  refuseDelegated,
  refuseOtherIdentity,
  requireFleet,
} from "./access.ts"
import { isActive, isEnded } from "./model/agent.ts"
import type { Caller } from "./model/caller.ts"
import { MeshError } from "./model/errors.ts"
import { agentById } from "./ledger/tables/agents.ts"
import { findAgent } from "./ledger/tables/agents-by-name.ts"
import {
  capableAgents,
  outcomes,
  recordOutcome,
  registerCapability,
} from "./ledger/tables/capabilities.ts"
import type { Query } from "./ledger/port.ts"
import { appendEvent } from "./ledger/tables/events.ts"
import type { Ledger } from "./ledger/ledger.ts"
import { unackedCount } from "./ledger/tables/messages.ts"
import type { Candidate } from "./routing/index/corpus.ts"
import type { Match, RoutingQuery } from "./routing/router.ts"
import type { Specialist } from "./specialists/file/specialist.ts"

/** Asked for each of hundreds of candidates in every query. */
const noOutcomes = { successes: 0, failures: 0 }

export interface Ranker {
  /** Best first; always `top` rows if there are so many candidates. */
  rank(
    query: RoutingQuery,
    scope: { agents: readonly Candidate[]; roster: boolean },
    feedback: (id: string) => { successes: number; failures: number },
  ): Promise<{ matches: Match[]; note?: string }>
}

export interface Specialists {
  search(
    query: string | undefined,
    division: string | undefined,
    limit: number,
  ): { total: number; agents: readonly Specialist[] }
  find(name: string): Specialist | undefined
  near(name: string): readonly string[]
  problems(): readonly { file: string; problem: string }[]
}

export interface WorkDeps {
  ledger: Ledger
  ranker: Ranker
  specialists: Specialists
}

/** Who can do what: capabilities, routing, the roster. */
export const createWork = ({ ledger, ranker, specialists }: WorkDeps) => {
  const candidates = async (db: Query, caller: Caller): Promise<Candidate[]> => {
    const fleetIds = caller.member
      ? [caller.member.fleetId]
      : (await fleetsLedBy(db, caller))
          .filter(
            ({ status, lead_session }) =>
              status === "running" || (caller.human && lead_session === caller.sessionId),
          )
          .map((fleet) => fleet.id)
    return await mapInOrder(
      (await capableAgents(db, fleetIds)).filter((row) => row.agent_id !== caller.member?.agentId),
      async (row) => ({
        kind: "agent",
        id: row.agent_id,
        ...(row.agent && specialists.find(row.agent) && { specialist: row.agent }),
        role: row.role,
        skills: JSON.parse(row.skills) as string[],
        load: (await unackedCount(db, row.agent_id)) + (isActive(row.status) ? 1 : 0),
        available: !isEnded(row.status) || row.status === "complete",
      }),
    )
  }

  return {
    async register(
      caller: Caller,
      draft: {
        role: string
        skills: string[]
        agent_id?: string | undefined
        fleet_id?: string | undefined
        model?: string | undefined
        context_window?: number | undefined
      },
    ) {
      refuseDelegated(caller, "register capabilities")
      const registered = await ledger.transact(async (tx) => {
        await refuseOtherIdentity(tx, caller, draft.agent_id)
        const fleet = draft.fleet_id
          ? await requireFleet(tx, caller, draft.fleet_id)
          : await impliedFleet(tx, caller, draft.agent_id ? [draft.agent_id] : [])
        if (caller.member && caller.member.fleetId !== fleet.id)
          throw new MeshError(
            "NOT_ALLOWED",
            `You are in fleet ${caller.member.fleetId}, not in ${fleet.id}.`,
            "Leave fleet_id out: what you can do is known in your own fleet.",
          )
        const { agent } = await actingAs(tx, caller, fleet, draft.agent_id)
        if (!agent)
          throw new MeshError(
            "INVALID_ARGUMENT",
            "agent_id: a lead registers capabilities for an agent of its fleet; none was named.",
            "Name the agent in agent_id.",
          )
        await registerCapability(tx, {
          agent_id: agent.id,
          role: draft.role,
          fleet_id: fleet.id,
          skills: JSON.stringify(draft.skills),
          model: draft.model ?? null,
          context_window: draft.context_window ?? null,
          registered_at: tx.at,
        })
        await appendEvent(tx, {
          type: "capability.registered",
          fleetId: fleet.id,
          agentId: agent.id,
          data: { role: draft.role, skills: draft.skills },
        })
        return { ok: true, agent_id: agent.id, fleet_id: fleet.id }
      })
      return registered
    },

    async route(
      caller: Caller,
      query: {
        description: string
        top_n: number
        keywords?: string[] | undefined
        scope: "all" | "fleet" | "roster"
      },
    ) {
      const { agents, known } = await ledger.read(async (db) => {
        const found = query.scope === "roster" ? [] : await candidates(db, caller)
        const ids = found.map(({ id }) => id)
        return { agents: found, known: await outcomes(db, ids) }
      })
      const { matches, note } = await ranker.rank(
        {
          description: query.description,
          top: query.top_n,
          ...(query.keywords && { keywords: query.keywords }),
        },
        { agents, roster: query.scope !== "fleet" },
        (id) => known.get(id) ?? noOutcomes,
      )
      return {
        matches: matches.map(({ id, ...match }) => ({
          kind: match.kind,
          ...(match.kind === "agent" ? { agent_id: id } : { agent: id }),
          role: match.role,
          score: rounded(match.score),
          weight: rounded(match.weight),
          confidence: rounded(match.confidence),
          fits: match.fits,
          reason: match.reason,
        })) as ({ agent_id?: string; agent?: string } & Omit<Match, "id">)[],
        ...(note && { note }),
      }
    },

    async list(query: {
      query?: string | undefined
      division?: string | undefined
      limit: number
    }) {
      const found = specialists.search(query.query, query.division, query.limit)
      const problems = specialists.problems()
      return {
        count: found.agents.length,
        total: found.total,
        agents: found.agents.map((each) => ({
          agent: each.agent,
          name: each.title,
          description: each.description,
          ...(each.division && { division: each.division }),
          mode: each.mode,
          source: each.source,
        })),
        ...(problems.length > 0 && { problems: problems.slice(0, 10) }),
      }
    },

    /** For a running agent or a specialist; an agent's outcome counts for its specialist too. */
    async recordOutcome(
      caller: Caller,
      outcome: { agent_id: string; capability_key?: string | undefined; success: boolean },
    ) {
      return ledger.transact(async (tx) => {
        const subjects = await subjectsOf(tx, caller, outcome.agent_id)
        for (const subject of subjects)
          await recordOutcome(tx, subject, outcome.capability_key ?? "", outcome.success)
        const recorded = subjects.map(({ subject }) => subject)
        await appendEvent(tx, { type: "routing.outcome", data: { ...outcome, subjects: recorded } })
        return { ok: true, recorded }
      })
    },
  }

  async function subjectsOf(db: Query, caller: Caller, id: string) {
    let agent = await agentById(db, id)
    for (const fleetId of agent ? [] : await fleetsOfCaller(db, caller))
      agent ??= await findAgent(db, fleetId, id)
    if (agent) {
      const fleet = await requireFleet(db, caller, agent.fleet_id)
      if (!isLeadOf(caller, fleet) && caller.member?.fleetId !== fleet.id)
        throw new MeshError(
          "NOT_THE_LEAD",
          `"${id}" is in a fleet you neither lead nor belong to.`,
          "Record outcomes for your own fleet's agents, or for specialists by name.",
        )
      const specialist = agent.agent ? specialists.find(agent.agent) : undefined
      const own = { subject: agent.id, fleetId: agent.fleet_id }
      return specialist ? [own, { subject: specialist.agent, fleetId: null }] : [own]
    }
    const specialist = specialists.find(id)
    if (specialist) return [{ subject: specialist.agent, fleetId: null }]
    throw new MeshError(
      "UNKNOWN_AGENT",
      `No agent and no specialist "${id}"${near(specialists.near(id))}`,
      "Copy the name from route_work or list_agents.",
    )
  }
}

export type Work = ReturnType<typeof createWork>

const fleetsOfCaller = async (db: Query, caller: Caller) =>
  caller.member ? [caller.member.fleetId] : (await fleetsLedBy(db, caller)).map((fleet) => fleet.id)

/** What tells candidates apart; 16 digits tell no more. */
const rounded = (value: number) => Number(value.toFixed(3))

/** Ends a sentence about something that is unknown. */
export const near = (names: readonly string[]) =>
  names.length > 0 ? `; did you mean ${oneOf(names.slice(0, 5))}?` : "."

const oneOf = (names: readonly string[]) =>
  [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" or ")
