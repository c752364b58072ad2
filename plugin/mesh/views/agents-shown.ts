import { costOf } from "../fleets/fleet-status.ts"
import type { Query } from "../ledger/port.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { isWaitingToBegin } from "../mail/mail-wait.ts"
import { cut } from "../prompts.ts"
import type { AgentShown, AgentState } from "./shown.ts"

/** All of an agent's row but its long texts. */
export type BriefRow = Omit<
  AgentRow,
  "prompt" | "output" | "partial" | "also_called" | "files" | "failed_check"
> & { unread: number }

/** The agents of a fleet with their unread mail: one statement, and no long text. */
export const briefAgents = (db: Query, fleetId: string) =>
  db.all<BriefRow>(
    `SELECT a.id, a.fleet_id, a.position, a.name, a.role, a.agent, a.model, a.status, a.attempts,
       a.not_before, a.host_id, a.error_code, substr(a.error_detail, 1, 400) AS error_detail,
       a.stop_mode, substr(a.activity, 1, 400) AS activity, a.activity_at,
       substr(a.last_tool, 1, 200) AS last_tool, substr(a.blocked_on, 1, 400) AS blocked_on,
       a.awaits_mail_at, a.tokens, a.cost_usd, a.turns, a.budget, a.budget_warned_at, a.stalled_at,
       a.created_at, a.started_at, a.ended_at, COALESCE(i.unacked, 0) AS unread
     FROM agents a LEFT JOIN inboxes i ON i.recipient = a.id
     WHERE a.fleet_id = ? ORDER BY a.position`,
    fleetId,
  )

export const stateOf = (agent: BriefRow): AgentState => {
  if (isWaitingToBegin(agent)) return "waiting"
  if (agent.status !== "running") return agent.status
  if (agent.stalled_at !== null) return "stalled"
  return agent.blocked_on !== null || agent.awaits_mail_at !== null ? "waiting" : "running"
}

const longestLine = 240

const doingOf = (agent: BriefRow) => {
  switch (agent.status) {
    case "queued":
      return isWaitingToBegin(agent) ? "begins with its first message" : "waits for a place"
    case "starting":
      return "its host is starting"
    case "interrupted":
      return `tries again: ${agent.error_code ?? ""} ${agent.error_detail ?? ""}`.trim()
    case "complete":
      return "has answered"
    case "failed":
    case "cancelled":
      return [agent.error_code, agent.error_detail].filter(Boolean).join(": ")
    case "running":
      if (agent.stop_mode === "wrap_up") return "wraps up"
      if (agent.stop_mode !== null) return "is being stopped"
      if (agent.blocked_on !== null) return `waits for you: ${agent.blocked_on}`
      if (agent.awaits_mail_at !== null) return "waits for a message"
      return agent.activity ?? agent.last_tool ?? "works"
  }
}

export const showAgent = (agent: BriefRow): AgentShown => ({
  id: agent.id,
  fleetId: agent.fleet_id,
  position: agent.position,
  name: agent.name,
  role: agent.role,
  agent: agent.agent,
  model: agent.model,
  state: stateOf(agent),
  doing: cut(doingOf(agent), longestLine),
  lastTool: agent.last_tool,
  attempts: agent.attempts,
  tokens: agent.tokens,
  costUsd: costOf(agent),
  turns: agent.turns,
  unread: agent.unread,
  createdAt: agent.created_at,
  startedAt: agent.started_at,
  endedAt: agent.ended_at,
  waitsSince: agent.awaits_mail_at,
  silentSince:
    agent.stalled_at !== null && agent.status === "running"
      ? (agent.activity_at ?? agent.stalled_at)
      : null,
})
