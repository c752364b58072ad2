import type { FailedCheck } from "../../model/failed-check.ts"
import { hasChanged } from "./has-changed.ts"
import type { Failure } from "../../model/agent.ts"
import type { Query, Tx } from "../port.ts"
import type { AgentRow } from "./rows.ts"

type NewAgent = Pick<
  AgentRow,
  | "id"
  | "fleet_id"
  | "position"
  | "name"
  | "role"
  | "agent"
  | "model"
  | "prompt"
  | "directory"
  | "created_at"
>

/** Further columns are written as they are named; what is left out has the schema's default. */
export const insertAgent = (tx: Tx, agent: NewAgent & Partial<Omit<AgentRow, "status">>) => {
  const columns = Object.keys(agent)
  return tx.run(
    `INSERT INTO agents (${columns.join(", ")}, status)
     VALUES (${columns.map(() => "?").join(", ")}, 'queued')`,
    ...Object.values(agent),
  )
}

export const agentById = (db: Query, id: string) =>
  db.get<AgentRow>("SELECT * FROM agents WHERE id = ?", id)

/** In the order in which they joined. */
export const agentsOfFleet = (db: Query, fleetId: string) =>
  db.all<AgentRow>("SELECT * FROM agents WHERE fleet_id = ? ORDER BY position", fleetId)

const figures = `id, fleet_id, position, name, role, agent, also_called, files, failed_check, model, directory,
   status, attempts, generation, not_before, host_id, session_id, error_code, error_detail, stop_mode,
   stop_code, stop_reason, stop_at, activity, activity_at, last_tool, blocked_on, awaits_mail_at, tokens,
   cost_usd, turns, budget, budget_warned_at, worked_ms, turn_at, auto_replies, stalled_at, created_at,
   started_at, ended_at`

/** How an agent stands, without its long texts: what is looked at several times a second. */
export type AgentStanding = Omit<AgentRow, "prompt" | "output" | "partial">

/** In the order in which they joined. */
export const standingsOfFleet = (db: Query, fleetId: string) =>
  db.all<AgentStanding>(
    `SELECT ${figures} FROM agents WHERE fleet_id = ? ORDER BY position`,
    fleetId,
  )

/** What tells two standings apart that a person has to know of, and nothing that changes with each step. */
export const stancesOfFleet = (db: Query, fleetId: string) =>
  db.all<Pick<AgentRow, "id" | "status" | "error_code" | "host_id" | "blocked_on" | "stalled_at">>(
    `SELECT id, status, error_code, host_id, blocked_on, stalled_at FROM agents
     WHERE fleet_id = ? ORDER BY position`,
    fleetId,
  )

export const agentsOfHost = (db: Query, hostId: string) =>
  db.all<AgentRow>("SELECT * FROM agents WHERE host_id = ? ORDER BY position", hostId)

/** An agent as its writer last saw it: once it has moved on, nothing is written. */
type Seen = Pick<AgentRow, "id" | "generation">

/** Gives an agent that waits to a host. False when it does not wait any more. */
export const moveToStarting = (
  tx: Tx,
  agent: Seen & Pick<AgentRow, "attempts">,
  to: { hostId: string; attempt: number },
) =>
  hasChanged(
    tx.run(
      `UPDATE agents SET status = 'starting', host_id = ?, attempts = ?,
       generation = generation + ?, started_at = COALESCE(started_at, ?),
       turn_at = COALESCE(turn_at, ?), activity_at = ?, stalled_at = NULL,
       awaits_mail_at = NULL
     WHERE id = ? AND generation = ? AND status IN ('queued', 'interrupted')`,
      to.hostId,
      to.attempt,
      to.attempt - agent.attempts,
      tx.at,
      tx.at,
      tx.at,
      agent.id,
      agent.generation,
    ),
  )

/** Its host has a session for it. False when it is not that host's any more. */
export const moveToRunning = (tx: Tx, agent: Seen, inside: { hostId: string; sessionId: string }) =>
  hasChanged(
    tx.run(
      `UPDATE agents SET status = 'running', session_id = ?, activity = 'thinking', activity_at = ?
     WHERE id = ? AND host_id = ? AND generation = ? AND status = 'starting'`,
      inside.sessionId,
      tx.at,
      agent.id,
      inside.hostId,
      agent.generation,
    ),
  )

/** In its host, for a session other than the one it had. False when it was not at work. */
export const moveToRestart = (tx: Tx, agent: Seen) =>
  hasChanged(
    tx.run(
      `UPDATE agents SET status = 'starting', generation = generation + 1, activity = NULL,
       blocked_on = NULL, awaits_mail_at = NULL, activity_at = ?
     WHERE id = ? AND generation = ? AND status = 'running'`,
      tx.at,
      agent.id,
      agent.generation,
    ),
  )

/** Until its next attempt; what it was asked to stop for is done. False when it was not at work. */
export const moveToInterrupted = (tx: Tx, notBefore: number, agent: Seen, failure: Failure) =>
  hasChanged(
    tx.run(
      `UPDATE agents SET status = 'interrupted', not_before = ?, error_code = ?, error_detail = ?,
       stop_mode = NULL, stop_code = NULL, stop_reason = NULL, stop_at = NULL,
       activity = NULL, blocked_on = NULL, awaits_mail_at = NULL
     WHERE id = ? AND generation = ? AND status IN ('starting', 'running')`,
      notBefore,
      failure.code,
      failure.detail,
      agent.id,
      agent.generation,
    ),
  )

/** False when it had ended before. */
export const moveToEnd = (
  tx: Tx,
  agent: Seen,
  end: {
    status: "complete" | "failed" | "cancelled"
    failure: Failure | undefined
    output: string | null
    autoReplies: number
  },
) =>
  hasChanged(
    tx.run(
      `UPDATE agents SET status = ?, ended_at = ?, error_code = ?, error_detail = ?,
       output = COALESCE(?, output), auto_replies = ?, activity = NULL, blocked_on = NULL, awaits_mail_at = NULL, not_before = NULL,
       worked_ms = worked_ms + COALESCE(? - turn_at, 0), turn_at = NULL
     WHERE id = ? AND generation = ? AND status IN ('queued', 'starting', 'running', 'interrupted')`,
      end.status,
      tx.at,
      end.failure?.code ?? null,
      end.failure?.detail ?? null,
      end.output,
      end.autoReplies,
      tx.at,
      agent.id,
      agent.generation,
    ),
  )

/** From the end of a turn to the next one. False when it was woken before. */
export const moveToWoken = (tx: Tx, agent: Seen, status: "queued" | "running") =>
  hasChanged(
    tx.run(
      `UPDATE agents SET status = ?, generation = generation + 1, ended_at = NULL, error_code = NULL,
       error_detail = NULL, stop_mode = NULL, stop_code = NULL, stop_reason = NULL, stop_at = NULL,
       activity = 'reading mail', activity_at = ?, turn_at = ?
     WHERE id = ? AND generation = ? AND status IN ('complete', 'failed')`,
      status,
      tx.at,
      status === "running" ? tx.at : null,
      agent.id,
      agent.generation,
    ),
  )

/** What has passed of its turn, but does not count. */
export const takeFromWorkedTime = (tx: Tx, agentId: string, ms: number) =>
  tx.run("UPDATE agents SET worked_ms = worked_ms - ? WHERE id = ?", ms, agentId)

/** What it is asked to do; its runner carries it out. */
export const recordStop = (
  tx: Tx,
  agentId: string,
  stop: Pick<AgentRow, "stop_mode" | "stop_reason" | "stop_code">,
) =>
  tx.run(
    "UPDATE agents SET stop_mode = ?, stop_reason = ?, stop_code = ?, stop_at = ? WHERE id = ?",
    stop.stop_mode,
    stop.stop_reason,
    stop.stop_code,
    tx.at,
    agentId,
  )

/** What its session shows it doing, as far as is known; any of it is a sign of life. */
export const recordActivity = (
  tx: Tx,
  agent: { id: string; hostId: string },
  seen: Pick<AgentRow, "activity" | "activity_at" | "last_tool" | "blocked_on" | "partial">,
) =>
  tx.run(
    `UPDATE agents SET activity = CASE WHEN status = 'running' THEN COALESCE(?, activity) ELSE activity END,
       activity_at = COALESCE(?, activity_at), last_tool = COALESCE(?, last_tool),
       blocked_on = CASE WHEN status = 'running' THEN ? ELSE NULL END,
       partial = CASE WHEN status = 'running' THEN COALESCE(?, partial) ELSE partial END,
       stalled_at = NULL
     WHERE id = ? AND host_id = ?`,
    seen.activity,
    seen.activity_at,
    seen.last_tool,
    seen.blocked_on,
    seen.partial,
    agent.id,
    agent.hostId,
  )

/** What it has said so far. */
export const recordPartial = (tx: Tx, agentId: string, partial: string) =>
  tx.run("UPDATE agents SET partial = ? WHERE id = ?", partial, agentId)

/** The paths it changed, from its directory. */
export const recordFiles = (tx: Tx, agentId: string, files: readonly string[]) =>
  tx.run("UPDATE agents SET files = ? WHERE id = ?", JSON.stringify(files), agentId)

/** The last check that failed; undefined when none did, or it passed since. */
export const recordFailedCheck = (tx: Tx, agentId: string, check: FailedCheck | undefined) =>
  tx.run(
    "UPDATE agents SET failed_check = ? WHERE id = ?",
    check ? JSON.stringify(check) : null,
    agentId,
  )

/** What it has used in all. */
export const recordSums = (
  tx: Tx,
  agentId: string,
  { tokens, cost_usd, turns }: Pick<AgentRow, "tokens" | "cost_usd" | "turns">,
) =>
  tx.run(
    "UPDATE agents SET tokens = ?, cost_usd = ?, turns = ? WHERE id = ?",
    tokens,
    cost_usd,
    turns,
    agentId,
  )

/** It waits for a person. */
export const recordBlocked = (tx: Tx, agentId: string, blockedOn: string) =>
  tx.run("UPDATE agents SET blocked_on = ? WHERE id = ?", blockedOn, agentId)

export const beginMailWait = (tx: Tx, agentId: string) =>
  tx.run("UPDATE agents SET awaits_mail_at = ? WHERE id = ?", tx.at, agentId)

export const endMailWait = (tx: Tx, { id, generation }: Seen) =>
  tx.run("UPDATE agents SET awaits_mail_at = NULL WHERE id = ? AND generation = ?", id, generation)

/** Its first message is there: it takes its turn like any other that is queued. */
export const endWaitToBegin = (tx: Tx, agentId: string) =>
  tx.run("UPDATE agents SET awaits_mail_at = NULL WHERE id = ? AND status = 'queued'", agentId)

/** False when it is marked already, or not at work. */
export const markStalled = (tx: Tx, agentId: string) =>
  hasChanged(
    tx.run(
      "UPDATE agents SET stalled_at = ? WHERE id = ? AND stalled_at IS NULL AND status = 'running'",
      tx.at,
      agentId,
    ),
  )

/** False when it was marked before. */
export const markAgentBudgetWarned = (tx: Tx, agentId: string) =>
  hasChanged(
    tx.run(
      "UPDATE agents SET budget_warned_at = ? WHERE id = ? AND budget_warned_at IS NULL",
      tx.at,
      agentId,
    ),
  )

export const agentIdsOf = async (db: Query, fleetId: string) =>
  (await db.all<{ id: string }>("SELECT id FROM agents WHERE fleet_id = ?", fleetId)).map(
    ({ id }) => id,
  )

export const forgetAgents = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM agents WHERE fleet_id = ?", fleetId)
