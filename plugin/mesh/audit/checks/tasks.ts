import { taskProofs, taskStates } from "../../ledger/tables/board/tasks.ts"
import { bySql, type Check, missing, oneOf, parses, restoreRemedy } from "../check.ts"

const subject = "t.fleet_id || ' ' || t.number"

/** Boards: each task in one place, and in the hands of somebody who can have it. */
export const tasks: readonly Check[] = [
  missing("task-without-fleet", {
    table: "tasks",
    subject,
    column: "fleet_id",
    target: "fleets",
  }),
  missing("task-without-owner", { table: "tasks", subject, column: "owner", target: "agents" }),
  missing("task-offer-without-agent", {
    table: "task_offers",
    subject,
    column: "agent_id",
    target: "agents",
  }),
  oneOf("task-state", { table: "tasks", subject: "number", column: "state", values: taskStates }),
  oneOf("task-proof", { table: "tasks", subject: "number", column: "proof", values: taskProofs }),
  parses("task-needs", { table: "tasks", subject: "number", column: "needs" }),
  parses("task-checked", { table: "tasks", subject: "number", column: "checked" }),
  bySql({
    id: "task-owner",
    explains: "a task is claimed or in review by nobody, or is somebody's although it is not",
    remedy: restoreRemedy,
    sql: `SELECT ${subject} AS subject, t.state AS detail FROM tasks t
          WHERE (t.state IN ('claimed', 'review') AND t.owner IS NULL)
             OR (t.state IN ('open', 'blocked', 'cancelled') AND t.owner IS NOT NULL)`,
  }),
  bySql({
    id: "task-held-by-the-ended",
    explains: "a task is claimed by an agent that has failed or was cancelled",
    remedy: "update_task to open, as its lead, gives it back.",
    sql: `SELECT ${subject} AS subject, t.owner AS detail FROM tasks t JOIN agents a ON a.id = t.owner
          WHERE t.state = 'claimed' AND a.status IN ('failed', 'cancelled')`,
  }),
  bySql({
    id: "task-in-another-fleet",
    explains: "a task is in the hands of an agent of another fleet",
    remedy: restoreRemedy,
    sql: `SELECT ${subject} AS subject, t.owner AS detail FROM tasks t JOIN agents a ON a.id = t.owner
          WHERE a.fleet_id <> t.fleet_id`,
  }),
  bySql({
    id: "task-hands-full",
    explains: "an agent has several tasks at once",
    remedy: restoreRemedy,
    sql: `SELECT t.fleet_id AS subject, t.owner AS detail FROM tasks t WHERE t.state = 'claimed'
          GROUP BY t.fleet_id, t.owner HAVING count(*) > 1`,
  }),
  bySql({
    id: "tasks-against-events",
    explains: "a board has been claimed from more or less often than its history says",
    remedy: restoreRemedy,
    sql: `SELECT t.fleet_id AS subject, sum(t.claims) AS detail FROM tasks t GROUP BY t.fleet_id
          HAVING sum(t.claims) <> (SELECT count(*) FROM events e
            WHERE e.fleet_id = t.fleet_id AND e.type = 'task.claimed')`,
  }),
]
