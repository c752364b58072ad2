import { eventTypes } from "../../model/event-types.ts"
import { bySql, type Check, oneOf, parses, restoreRemedy } from "../check.ts"

const hour = 3_600_000

/** Hosts, questions, worktrees and the history itself. */
export const places: readonly Check[] = [
  oneOf("host-status", {
    table: "hosts",
    subject: "id",
    column: "status",
    values: ["starting", "ready", "ending", "ended"],
  }),
  bySql({
    id: "host-end-time",
    explains: "a host has ended without a time, or has an end although it runs",
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, status AS detail FROM hosts
          WHERE (status = 'ended') = (ended_at IS NULL)`,
  }),
  bySql({
    id: "host-without-process",
    explains: "a host is ready, and no process is known for it",
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, status AS detail FROM hosts
          WHERE status = 'ready' AND (pid IS NULL OR process_start IS NULL)`,
  }),
  oneOf("question-state", {
    table: "questions",
    subject: "id",
    column: "state",
    values: ["open", "answered", "expired", "gone"],
  }),
  bySql({
    id: "question-without-answer",
    explains: "a question is answered, and nobody's answer is there",
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, wanted AS detail FROM questions
          WHERE state = 'answered' AND (answer IS NULL OR answered_at IS NULL)`,
  }),
  bySql({
    id: "question-of-nobody",
    explains: "a question is open although its agent has ended",
    remedy: "meshfleet answer closes it; nobody waits for it.",
    sql: `SELECT q.id AS subject, a.status AS detail FROM questions q JOIN agents a ON a.id = q.agent_id
          WHERE q.state = 'open' AND a.status IN ('complete', 'failed', 'cancelled')`,
  }),
  bySql({
    id: "question-deadline",
    explains: "a question's deadline lies before it was asked",
    remedy: restoreRemedy,
    sql: "SELECT id AS subject, deadline_at AS detail FROM questions WHERE deadline_at < asked_at",
  }),
  oneOf("worktree-state", {
    table: "worktrees",
    subject: "agent_id",
    column: "state",
    values: ["wanted", "ready", "removing", "removed", "kept"],
  }),
  bySql({
    id: "worktree-in-another-fleet",
    explains: "a worktree belongs to another fleet than its agent",
    remedy: restoreRemedy,
    sql: `SELECT w.agent_id AS subject, w.fleet_id AS detail FROM worktrees w
          JOIN agents a ON a.id = w.agent_id WHERE a.fleet_id <> w.fleet_id`,
  }),
  bySql({
    id: "merged-without-event",
    explains: "a branch is noted as merged, and the history tells nothing of it",
    remedy: restoreRemedy,
    sql: `SELECT w.agent_id AS subject, w.merged AS detail FROM worktrees w
          WHERE w.merged IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events e
            WHERE e.fleet_id = w.fleet_id AND e.agent_id = w.agent_id AND e.type = 'branch.merged')
          AND NOT EXISTS (SELECT 1 FROM fleets f WHERE f.id = w.fleet_id AND f.pruned_at IS NOT NULL)`,
  }),
  parses("fleet-rules", { table: "fleets", subject: "id", column: "lead_rules" }),
  parses("bounds-rules", { table: "bounds", subject: "agent_id", column: "rules" }),
  parses("event-data", { table: "events", subject: "seq", column: "data" }),
  oneOf("event-type", {
    table: "events",
    subject: "seq",
    column: "type",
    values: Object.keys(eventTypes),
  }),
  bySql({
    id: "event-of-another-fleet",
    explains: "an event tells of an agent of another fleet",
    remedy: restoreRemedy,
    sql: `SELECT e.seq AS subject, e.agent_id AS detail FROM events e JOIN agents a ON a.id = e.agent_id
          WHERE a.fleet_id <> e.fleet_id`,
  }),
  bySql({
    id: "history-out-of-order",
    explains: "an event is more than an hour older than the one before it",
    remedy: "A clock was set back, or the history was changed.",
    severity: "warning",
    sql: `SELECT e.seq AS subject, e.at AS detail FROM events e
          JOIN events p ON p.seq = e.seq - 1
          WHERE e.at < p.at - ${hour} AND p.type <> 'ledger.imported'`,
  }),
]
