import type { CoolDown } from "../ledger/tables/cooldowns.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { isEnded } from "../model/agent.ts"
import { personName } from "../model/message.ts"
import { isAwaitingMail } from "../mail/mail-wait.ts"
import { providerOf } from "../lifecycle/cool-down.ts"
import { cut } from "../prompts.ts"
import type { BriefRow } from "./agents-shown.ts"
import type { CouncilShown, Need, NeedKind, QuestionShown } from "./shown.ts"

export interface Seen {
  at: number
  fleets: readonly { fleet: FleetRow; agents: readonly BriefRow[]; isCarried: boolean }[]
  questions: readonly QuestionShown[]
  councils: readonly CouncilShown[]
  coolDowns: ReadonlyMap<string, CoolDown>
}

/** What a person decides first, then what stands still, then what only takes its time. */
const order: readonly NeedKind[] = [
  "question",
  "vote",
  "abandoned",
  "stuck",
  "stalled",
  "failed",
  "budget",
  "resting",
]

/** Who needs a person or stands still, and why: the most urgent first, the longest waiting before the others. */
export const needsOf = ({ at, fleets, questions, councils, coolDowns }: Seen): Need[] => {
  const needs: Need[] = [
    ...questions.map((question) => ({
      key: question.id,
      kind: "question" as const,
      fleetId: question.fleetId,
      agentId: question.agentId,
      who: question.agent,
      reason: question.wanted,
      since: question.askedAt,
      until: question.deadlineAt,
      advice: "Answer it; without an answer it is rejected.",
    })),
    ...councils.filter(awaitsPerson).map((council) => ({
      key: council.id,
      kind: "vote" as const,
      fleetId: council.fleetId,
      agentId: null,
      who: "a council",
      reason: council.subject,
      since: council.openedAt,
      until: council.deadlineAt,
      advice: "You have a vote.",
    })),
  ]
  for (const { fleet, agents, isCarried } of fleets) {
    if (fleet.status !== "running") continue
    needs.push(...ofFleet(fleet, agents, isCarried))
    for (const agent of agents) needs.push(...ofAgent(agent, at, coolDowns))
  }
  return needs.toSorted(
    (a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.since - b.since,
  )
}

const awaitsPerson = ({ status, votes }: CouncilShown) =>
  status === "open" && votes.some(({ voter, vote }) => voter === personName && vote === null)

const ofFleet = (fleet: FleetRow, agents: readonly BriefRow[], isCarried: boolean): Need[] => {
  const about = { fleetId: fleet.id, agentId: null, who: fleet.name, until: null }
  const open = agents.filter(({ status }) => !isEnded(status))
  if (!isCarried)
    return [
      {
        ...about,
        key: `abandoned ${fleet.id}`,
        kind: "abandoned",
        reason: "The fleet runs, but no process of it is there.",
        since: fleet.created_at,
        advice: "Open OpenCode in this project, or run meshfleet supervise.",
      },
    ]
  if (open.length === 0 || !open.every(isAwaitingMail)) return []
  return [
    {
      ...about,
      key: `stuck ${fleet.id}`,
      kind: "stuck",
      reason: `Every agent that has not ended waits for a message: ${cut(open.map(({ name }) => name).join(", "), 120)}.`,
      since: Math.max(...open.map((agent) => agent.awaits_mail_at ?? agent.created_at)),
      advice: "Send one of them a message, or stop the fleet.",
    },
  ]
}

const ofAgent = (agent: BriefRow, at: number, coolDowns: ReadonlyMap<string, CoolDown>): Need[] => {
  const about = { fleetId: agent.fleet_id, agentId: agent.id, who: agent.name, until: null }
  if (agent.status === "failed")
    return [
      {
        ...about,
        key: `failed ${agent.id}`,
        kind: "failed",
        reason: cut([agent.error_code, agent.error_detail].filter(Boolean).join(": "), 240),
        since: agent.ended_at ?? agent.created_at,
        advice: "Read what it had done; a message wakes it again.",
      },
    ]
  if (agent.status === "running" && agent.stalled_at !== null)
    return [
      {
        ...about,
        key: `stalled ${agent.id}`,
        kind: "stalled",
        reason: `No sign of life since it was last seen at: ${agent.activity ?? agent.last_tool ?? "its task"}`,
        since: agent.activity_at ?? agent.stalled_at,
        advice: "Ask it with a message, or stop it.",
      },
    ]
  const rest = coolDowns.get(providerOf(agent.model) ?? "")
  const waits = agent.status === "queued" || agent.status === "interrupted"
  if (waits && rest && rest.until > at)
    return [
      {
        ...about,
        key: `resting ${agent.id}`,
        kind: "resting",
        until: rest.until,
        reason: `${rest.provider} limits its rate: ${cut(rest.reason, 160)}`,
        since: rest.since,
        advice: "It goes on by itself; meshfleet cooldowns --lift tries at once.",
      },
    ]
  if (agent.budget_warned_at !== null && !isEnded(agent.status))
    return [
      {
        ...about,
        key: `budget ${agent.id}`,
        kind: "budget",
        reason: "It has spent more than 80 % of its budget.",
        since: agent.budget_warned_at,
        advice: "At 100 % it reports and ends.",
      },
    ]
  return []
}
