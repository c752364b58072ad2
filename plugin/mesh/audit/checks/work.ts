import { agentStatuses, fleetStatuses } from "../../model/agent.ts"
import { bySql, type Check, oneOf, restoreRemedy } from "../check.ts"

const ended = "('complete', 'failed', 'cancelled')"
const willWake = `EXISTS (SELECT 1 FROM agents a JOIN deliveries d ON d.recipient = a.id
  WHERE a.fleet_id = f.id AND a.status IN ('complete', 'failed') AND d.state = 'accepted' AND d.wake = 1)`

/** Fleets, agents, attempts and answers, each against the others. */
export const work: readonly Check[] = [
  oneOf("fleet-status", {
    table: "fleets",
    subject: "id",
    column: "status",
    values: fleetStatuses,
  }),
  oneOf("agent-status", {
    table: "agents",
    subject: "id",
    column: "status",
    values: agentStatuses,
  }),
  bySql({
    id: "fleet-without-agents",
    explains: "a fleet has no agents",
    remedy: restoreRemedy,
    sql: `SELECT f.id AS subject, f.name AS detail FROM fleets f
          WHERE NOT EXISTS (SELECT 1 FROM agents a WHERE a.fleet_id = f.id)`,
  }),
  bySql({
    id: "fleet-ended-too-early",
    explains: "a fleet has ended, but not all of its agents have",
    remedy: "meshfleet supervise looks at it; stop the agent if it stays.",
    sql: `SELECT f.id AS subject, a.id AS detail FROM fleets f JOIN agents a ON a.fleet_id = f.id
          WHERE f.status <> 'running' AND a.status NOT IN ${ended}`,
  }),
  bySql({
    id: "fleet-never-ends",
    explains: "a fleet runs, but all of its agents have ended and none is to be woken",
    remedy: "A supervisor settles it within a second; if none lives: meshfleet supervise.",
    severity: "warning",
    sql: `SELECT f.id AS subject, f.status AS detail FROM fleets f
          WHERE f.status = 'running' AND NOT ${willWake}
            AND EXISTS (SELECT 1 FROM agents a WHERE a.fleet_id = f.id)
            AND NOT EXISTS (SELECT 1 FROM agents a WHERE a.fleet_id = f.id AND a.status NOT IN ${ended})`,
  }),
  bySql({
    id: "fleet-outcome",
    explains: "a fleet's outcome is not that of its agents: failed over cancelled over complete",
    remedy: restoreRemedy,
    sql: `SELECT f.id AS subject, f.status AS detail FROM fleets f WHERE f.status IN ${ended}
            AND NOT EXISTS (SELECT 1 FROM agents a WHERE a.fleet_id = f.id AND a.status NOT IN ${ended})
            AND f.status <> CASE
              WHEN EXISTS (SELECT 1 FROM agents a WHERE a.fleet_id = f.id AND a.status = 'failed') THEN 'failed'
              WHEN EXISTS (SELECT 1 FROM agents a WHERE a.fleet_id = f.id AND a.status = 'cancelled') THEN 'cancelled'
              ELSE 'complete' END`,
  }),
  bySql({
    id: "fleet-end-time",
    explains: "a fleet has ended without a time, or has an end although it runs",
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, status AS detail FROM fleets
          WHERE (status = 'running') = (ended_at IS NOT NULL)`,
  }),
  bySql({
    id: "agent-end-time",
    explains: "an agent has ended without a time, or has an end although it works",
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, status AS detail FROM agents
          WHERE (status IN ${ended}) = (ended_at IS NULL)`,
  }),
  bySql({
    id: "agent-without-answer",
    explains: "an agent is complete without an answer",
    remedy: restoreRemedy,
    sql: "SELECT id AS subject, name AS detail FROM agents WHERE status = 'complete' AND output IS NULL",
  }),
  bySql({
    id: "agent-without-cause",
    explains: "an agent has failed or was cancelled, and nothing says why",
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, status AS detail FROM agents
          WHERE status IN ('failed', 'cancelled') AND error_code IS NULL`,
  }),
  bySql({
    id: "agent-at-work-nowhere",
    explains: "an agent works, but in no host or no session",
    remedy: "meshfleet supervise looks at it; stop the agent if it stays.",
    sql: `SELECT id AS subject, status AS detail FROM agents
          WHERE status = 'running' AND (host_id IS NULL OR session_id IS NULL)`,
  }),
  bySql({
    id: "agent-at-work-in-an-ended-host",
    explains: "an agent works in a host that has ended",
    remedy: "A supervisor that lives interrupts and tries it again: meshfleet supervise.",
    severity: "warning",
    sql: `SELECT a.id AS subject, h.id AS detail FROM agents a JOIN hosts h ON h.id = a.host_id
          WHERE a.status = 'running' AND h.status = 'ended'`,
  }),
  bySql({
    id: "agent-position-twice",
    explains: "two agents of a fleet have the same place",
    remedy: restoreRemedy,
    sql: `SELECT fleet_id AS subject, position AS detail FROM agents
          GROUP BY fleet_id, position HAVING count(*) > 1`,
  }),
  bySql({
    id: "attempts-missing",
    explains: "an agent counts another number of attempts than are written down",
    remedy: restoreRemedy,
    sql: `SELECT a.id AS subject, a.attempts AS detail FROM agents a
          WHERE a.attempts <> (SELECT count(*) FROM attempts t WHERE t.agent_id = a.id)`,
  }),
  bySql({
    id: "attempt-number",
    explains: "an attempt has a number beyond its agent's, or none",
    remedy: restoreRemedy,
    sql: `SELECT t.agent_id AS subject, t.attempt AS detail FROM attempts t JOIN agents a ON a.id = t.agent_id
          WHERE t.attempt < 1 OR t.attempt > a.attempts`,
  }),
  bySql({
    id: "attempt-still-open",
    explains: "an agent has ended, and its last attempt has not",
    remedy: restoreRemedy,
    sql: `SELECT a.id AS subject, t.attempt AS detail FROM agents a
          JOIN attempts t ON t.agent_id = a.id AND t.attempt = a.attempts
          WHERE a.status IN ${ended} AND t.ended_at IS NULL`,
  }),
  bySql({
    id: "answer-of-the-future",
    explains: "an answer has a generation that its agent has not come to",
    remedy: restoreRemedy,
    sql: `SELECT o.agent_id AS subject, o.generation AS detail FROM outputs o
          JOIN agents a ON a.id = o.agent_id WHERE o.generation > a.generation`,
  }),
  bySql({
    id: "answer-changed",
    explains: "an agent's answer is not the newest that was kept of it",
    remedy: restoreRemedy,
    sql: `SELECT a.id AS subject, o.generation AS detail FROM agents a
          JOIN outputs o ON o.agent_id = a.id
           AND o.generation = (SELECT max(p.generation) FROM outputs p WHERE p.agent_id = a.id)
          WHERE a.output IS NOT NULL AND a.output <> o.output`,
  }),
  bySql({
    id: "usage-sum",
    explains: "an agent's tokens or turns are not the sum of what its steps took",
    remedy: "Budgets of this agent count wrongly: give it a new one if it goes on.",
    sql: `SELECT a.id AS subject, a.tokens AS detail FROM agents a
          WHERE a.tokens <> (SELECT COALESCE(sum(u.tokens), 0) FROM usage u WHERE u.agent_id = a.id)
             OR a.turns <> (SELECT count(*) FROM usage u WHERE u.agent_id = a.id)`,
  }),
  bySql({
    id: "agent-times-out-of-order",
    explains: "an agent began before it was added, or ended before it began",
    remedy: "A clock was set back while it worked, or the row was changed.",
    severity: "warning",
    sql: `SELECT id AS subject, name AS detail FROM agents
          WHERE COALESCE(started_at, created_at) < created_at
             OR COALESCE(ended_at, started_at, created_at) < COALESCE(started_at, created_at)`,
  }),
  bySql({
    id: "ends-against-events",
    explains: "an agent has ended, and its history does not tell of it",
    remedy: "The event of its end was taken away, or its end was written by somebody else.",
    sql: `SELECT a.id AS subject, a.status AS detail FROM agents a WHERE a.status IN ${ended}
            AND NOT EXISTS (SELECT 1 FROM events e
              WHERE e.fleet_id = a.fleet_id AND e.agent_id = a.id AND e.type = 'agent.' || a.status)`,
  }),
  bySql({
    id: "fleets-against-events",
    explains: "a fleet's history does not tell of its beginning",
    remedy: "The event was taken away, or the fleet was written by somebody else.",
    sql: `SELECT f.id AS subject, f.name AS detail FROM fleets f
          WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.fleet_id = f.id AND e.type = 'fleet.created')`,
  }),
]
