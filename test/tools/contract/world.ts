import { fleetStatusOf, isEnded, type AgentStatus } from "../../../plugin/mesh/model/agent.ts"
import type { Caller } from "../../../plugin/mesh/model/caller.ts"
import type { ErrorCode } from "../../../plugin/mesh/model/errors.ts"

export interface Agent {
  id: string
  name: string
  role: string
  fleet: Fleet
  status: AgentStatus
  /** Has its task, and begins with its first message. */
  waits: boolean
  createdAt: number
  endedAt: number | undefined
  /** Its final answer. */
  output: string | undefined
  error: { code: string; detail: string } | undefined
  /** By role. */
  skills: Map<string, string[]>
}

export interface Fleet {
  id: string
  project: string
  lead: string
  status: string
  agents: Agent[]
  timeoutAt: number | null
  createdAt: number
  endedAt: number | undefined
}

export interface Delivery {
  recipient: string
  state: "accepted" | "injected" | "seen" | "acked"
  /** It was put into the session, or acknowledged, which says the same. */
  injected?: true
  wake: boolean
}

export interface Mail {
  id: string
  /** Its place among all messages, notices included: what cursors count in. */
  seq: number
  fleet: Fleet
  from: string
  /** As sent. */
  to: string
  viaLead: boolean
  at: number
  type: string
  payload: unknown
  /** Of a proposal, whose text says more than was sent. */
  begins?: string
  correlation: string | undefined
  deliveries: Delivery[]
  /** Written ones, votes among them, oldest first. */
  receipts: { actor: string; action: string; note: string | undefined }[]
}

export interface Council {
  mail: Mail
  quorum: number
  voters: { id: string; weight: number; signs: boolean }[]
  silence: "abstain" | "approve"
  deadline: number | undefined
  status: "open" | "ratified" | "rejected" | "expired"
  votes: Map<string, { approve: boolean; n: number; note: string | undefined }>
}

/** What the contract says a call fails with. */
export class Refusal extends Error {
  constructor(readonly code: ErrorCode) {
    super(code)
  }
}

export const refuse = (code: ErrorCode): never => {
  throw new Refusal(code)
}

export const personSession = "human:1"

export const leadInbox = (fleet: Fleet) => `lead:${fleet.id}`

/** Whatever it is, as it is stored. */
export const textOf = (payload: unknown) =>
  typeof payload === "string" ? payload : JSON.stringify(payload)

export const iso = (at: number) => new Date(at).toISOString()

/** The contract's own memory: who is where, and what was sent to whom. Nothing of it reads the ledger. */
export const createWorld = (limits: { fleetsAtOnce: number; agentsPerFleet: number }) => {
  const fleets: Fleet[] = []
  const mail: Mail[] = []
  const councils: Council[] = []
  /** Versions of agents, oldest first, by project and name. */
  const templates = new Map<string, Record<string, any>[][]>()
  /** Leads without a process; a person in a shell never has one. */
  const gone = new Set<string>([personSession])
  const outcomes = new Map<string, { successes: number; failures: number }>()
  /** Those that were handed out. */
  const cursors = ["0"]

  const isInReach = (caller: Caller, fleet: Fleet) =>
    fleet.project === caller.project || caller.member?.fleetId === fleet.id
  // A person leads whatever is in the project.
  const isLead = (caller: Caller, fleet: Fleet) =>
    caller.human || (!caller.member && !caller.delegated && fleet.lead === caller.sessionId)
  const ledBy = (caller: Caller) =>
    fleets.filter(({ lead, project }) =>
      caller.human ? project === caller.project : lead === caller.sessionId,
    )

  const exactly = (fleet: Fleet, called: string) =>
    fleet.agents.find(({ id }) => id === called) ?? fleet.agents.find(({ name }) => name === called)

  const called = (fleet: Fleet, name: string) => {
    const exact = exactly(fleet, name)
    if (exact) return [exact]
    const alike = (text: string) =>
      text
        .trim()
        .toLowerCase()
        .replace(/[\s_-]+/g, "-")
    // Every agent runs as "build" here.
    return fleet.agents.filter((agent) =>
      [agent.name, agent.role, "build"].some((each) => alike(each) === alike(name)),
    )
  }

  const agentCalled = (fleet: Fleet, name: string) => {
    const [one, ...others] = called(fleet, name)
    return one && others.length === 0 ? one : refuse("UNKNOWN_AGENT")
  }

  const fleetOf = (caller: Caller, id: string) =>
    fleets.find((fleet) => fleet.id === id && isInReach(caller, fleet)) ?? refuse("UNKNOWN_FLEET")

  /** The fleet a call names, or the one it can only mean. */
  const meant = (caller: Caller, id: string | undefined, names: readonly string[] = []) => {
    if (id !== undefined) return fleetOf(caller, id)
    if (caller.member) return fleetOf(caller, caller.member.fleetId)
    const own = ledBy(caller)
    const named = names.filter((name) => name !== "lead" && name !== "*")
    const having = own.filter((fleet) => named.every((name) => called(fleet, name).length > 0))
    const running = having.filter(({ status }) => status === "running")
    const candidates = running.length > 0 ? running : having
    if (candidates.length === 1) return candidates[0]!
    if (own.length === 0 || candidates.length > 1) return refuse("NO_FLEET")
    for (const name of named) agentCalled(own.at(-1)!, name)
    return own.at(-1)!
  }

  /** What acting as lead comes to: the lead, or whoever takes over from one whose process is gone. */
  const lead = (caller: Caller, fleet: Fleet) => {
    if (isLead(caller, fleet)) return
    if (caller.member || caller.delegated || !gone.has(fleet.lead)) refuse("NOT_THE_LEAD")
    fleet.lead = caller.sessionId
  }

  const actor = (caller: Caller, fleet: Fleet | undefined, claimed: string | undefined) => {
    if (caller.member) {
      const { agentId, name } = caller.member
      if (claimed !== undefined && claimed !== agentId && claimed !== name)
        refuse("NOT_YOUR_IDENTITY")
      return { id: agentId, name }
    }
    if (claimed === undefined || claimed === "lead") return undefined
    if (!fleet || !isLead(caller, fleet)) return refuse("NOT_YOUR_IDENTITY")
    return exactly(fleet, claimed) ?? refuse("NOT_YOUR_IDENTITY")
  }

  const noOtherIdentity = (caller: Caller, claimed: string | undefined) => {
    if (claimed === undefined) return
    if (caller.member) return void actor(caller, undefined, claimed)
    if (claimed === "lead" || caller.human) return
    const isMine = ledBy(caller).some((fleet) => exactly(fleet, claimed))
    if (!isMine || caller.delegated) refuse("NOT_YOUR_IDENTITY")
  }

  const deliveriesTo = (recipient: string) =>
    mail.flatMap((each) => {
      const delivery = each.deliveries.find((one) => one.recipient === recipient)
      return delivery ? [{ mail: each, delivery }] : []
    })
  const hasWakingMail = (agent: Agent) =>
    deliveriesTo(agent.id).some(({ delivery }) => delivery.state === "accepted" && delivery.wake)

  const settle = (fleet: Fleet, at: number) => {
    const status = fleetStatusOf(fleet.agents.map((agent) => agent.status))
    const willWake = fleet.agents.some(
      (agent) => (agent.status === "complete" || agent.status === "failed") && hasWakingMail(agent),
    )
    if (status === fleet.status || (status !== "running" && willWake)) return
    fleet.status = status
    fleet.endedAt = status === "running" ? undefined : at
  }

  const end = (
    agent: Agent,
    at: number,
    how: Pick<Agent, "status"> & Partial<Pick<Agent, "output" | "error">>,
  ) => {
    if (isEnded(agent.status)) return
    Object.assign(agent, { ...how, endedAt: at, waits: false })
    settle(agent.fleet, at)
  }

  return {
    limits,
    fleets,
    mail,
    councils,
    templates,
    gone,
    outcomes,
    cursors,
    isInReach,
    isLead,
    ledBy,
    exactly,
    agentCalled,
    fleetOf,
    meant,
    lead,
    actor,
    noOtherIdentity,
    deliveriesTo,
    hasWakingMail,
    settle,
    end,
    allAgents: () => fleets.flatMap(({ agents }) => agents),
  }
}

export type World = ReturnType<typeof createWorld>
