import { isEnded } from "../plugin/mesh/model/agent.ts"
import type {
  AgentRow,
  DeliveryRow,
  FleetRow,
  MessageRow,
} from "../plugin/mesh/ledger/tables/rows.ts"
import { systemSender } from "../plugin/mesh/model/message.ts"
import { judgeEvents, type ToldEvent } from "./judge-events.ts"

export interface Shown {
  /** Name of the agent that asked; leads have theirs from the script. */
  agent: string
  /** The texts of the user messages in one request, in order. */
  userTexts: readonly string[]
}

/** All that is left of a round: the ledger at rest, and what the model was asked. */
export interface Remains {
  fleets: readonly FleetRow[]
  agents: readonly AgentRow[]
  attempts: readonly {
    agent_id: string
    attempt: number
    ended_at: number | null
    cause: string | null
  }[]
  messages: readonly MessageRow[]
  deliveries: readonly DeliveryRow[]
  events: readonly ToldEvent[]
  requests: readonly Shown[]
  /** When the process that led a fleet ended, and how; missing while it lives. */
  leadEnds: ReadonlyMap<string, { at: number; killed: boolean }>
  integrity: string
}

export interface Verdict {
  lost: readonly string[]
  duplicated: readonly string[]
  withoutEnd: readonly string[]
  other: readonly string[]
}

/** Which promises do not hold, each in one sentence. Pure. */
export const judge = (remains: Remains): Verdict => {
  const mail = judgeMail(remains)
  return {
    ...mail,
    withoutEnd: [...remains.agents.flatMap(judgeEnd), ...judgeAttempts(remains)],
    other: [
      ...judgeEvents(remains.events),
      ...remains.fleets
        .filter(({ status }) => status === "running")
        .map(({ id }) => `fleet ${id} is still running`),
      ...(remains.integrity === "ok" ? [] : [`integrity_check says ${remains.integrity}`]),
    ],
  }
}

const judgeEnd = (agent: AgentRow): string[] => {
  if (!isEnded(agent.status)) return [`${agent.name} is ${agent.status}`]
  if (agent.status === "complete")
    return agent.output ? [] : [`${agent.name} is complete without output`]
  return agent.error_code && agent.error_detail
    ? []
    : [`${agent.name} is ${agent.status} without a cause`]
}

const judgeAttempts = ({ attempts }: Remains) =>
  attempts
    .filter(({ ended_at, cause }) => ended_at === null || !cause)
    .map(({ agent_id, attempt }) => `attempt ${attempt} of ${agent_id} has no end or no cause`)

const judgeMail = ({ messages, deliveries, agents, requests, leadEnds }: Remains) => {
  const lost: string[] = []
  const duplicated: string[] = []
  const bySeq = new Map(messages.map((message) => [message.seq, message]))
  const byId = new Map(agents.map((agent) => [agent.id, agent]))
  const members = new Set(agents.map(({ name }) => name))
  for (const delivery of deliveries) {
    const message = bySeq.get(delivery.message_seq)!
    const isForLead = delivery.recipient.startsWith("lead:")
    // A notice of ours has no id in its text.
    if (message.from_agent_id === systemSender) continue
    const agent = byId.get(delivery.recipient)
    const counts = requests
      .filter((request) =>
        isForLead ? !members.has(request.agent) : request.agent === agent?.name,
      )
      .map(({ userTexts }) =>
        userTexts.reduce((sum, text) => sum + text.split(message.id).length - 1, 0),
      )
    const most = Math.max(0, ...counts)
    const to = `${message.id} for ${agent?.name ?? delivery.recipient}`
    if (most > 1) duplicated.push(`${to} is in one request ${most} times`)
    if (most === 0 && !mayBeUnread(delivery, agent, leadEnds))
      lost.push(`${to} is in no request (${delivery.state})`)
  }
  return { lost, duplicated }
}

/** Between the last request of a session and the end of its process. */
const lastMomentMs = 5000

/**
 * Mail for a lead that is gone waits for the next one: parked, or stored in its session and never
 * seen, which whoever adopts the fleet gets again. An ended agent need not have read what cannot
 * wake it.
 */
const mayBeUnread = (
  delivery: DeliveryRow,
  agent: AgentRow | undefined,
  leadEnds: Remains["leadEnds"],
) => {
  if (delivery.recipient.startsWith("lead:")) {
    if (delivery.state === "parked" || delivery.state === "accepted") return true
    const end = leadEnds.get(delivery.recipient)
    return (
      delivery.state === "injected" &&
      end !== undefined &&
      (end.killed || end.at - (delivery.injected_at ?? 0) < lastMomentMs)
    )
  }
  if (agent?.status === "failed" || agent?.status === "cancelled") return true
  return delivery.wake === 0 && delivery.state === "accepted"
}
