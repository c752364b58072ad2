import { leadName, systemSender } from "../../model/message.ts"
import { prunedQuestion } from "../../ledger/tables/grants.ts"
import { bySql, type Check, missing, restoreRemedy } from "../check.ts"

const agent = { target: "agents" }
const fleet = { target: "fleets" }
const ofAgent = "t.agent_id"

/** Rows that speak of others that are not there, or that belong elsewhere. */
export const references: readonly Check[] = [
  missing("agent-without-fleet", {
    table: "agents",
    subject: "t.id",
    column: "fleet_id",
    ...fleet,
  }),
  missing("agent-without-host", {
    table: "agents",
    subject: "t.id",
    column: "host_id",
    target: "hosts",
  }),
  missing("attempt-without-agent", {
    table: "attempts",
    subject: ofAgent,
    column: "agent_id",
    ...agent,
  }),
  missing("attempt-without-host", {
    table: "attempts",
    subject: ofAgent,
    column: "host_id",
    target: "hosts",
  }),
  missing("usage-without-agent", {
    table: "usage",
    subject: ofAgent,
    column: "agent_id",
    ...agent,
  }),
  missing("output-without-agent", {
    table: "outputs",
    subject: ofAgent,
    column: "agent_id",
    ...agent,
  }),
  missing("bounds-without-agent", {
    table: "bounds",
    subject: ofAgent,
    column: "agent_id",
    ...agent,
  }),
  missing("worktree-without-agent", {
    table: "worktrees",
    subject: ofAgent,
    column: "agent_id",
    ...agent,
  }),
  missing("session-without-agent", {
    table: "sessions",
    subject: "t.id",
    column: "agent_id",
    ...agent,
  }),
  missing("capability-without-agent", {
    table: "capabilities",
    subject: ofAgent,
    column: "agent_id",
    ...agent,
  }),
  missing("host-without-fleet", { table: "hosts", subject: "t.id", column: "fleet_id", ...fleet }),
  missing("message-without-fleet", {
    table: "messages",
    subject: "t.id",
    column: "fleet_id",
    ...fleet,
  }),
  missing("message-without-sender", {
    table: "messages",
    subject: "t.id",
    column: "from_agent_id",
    where: `from_agent_id NOT IN ('${leadName}', '${systemSender}')`,
    ...agent,
  }),
  missing("delivery-without-message", {
    table: "deliveries",
    subject: "t.recipient",
    column: "message_seq",
    target: "messages",
    key: "seq",
  }),
  missing("delivery-without-recipient", {
    table: "deliveries",
    subject: "t.message_seq",
    column: "recipient",
    where: "recipient NOT LIKE 'lead:%'",
    ...agent,
  }),
  bySql({
    id: "delivery-in-another-fleet",
    explains: "a message was filed for somebody of another fleet",
    remedy: restoreRemedy,
    sql: `SELECT m.id AS subject, d.recipient AS detail FROM deliveries d
          JOIN messages m ON m.seq = d.message_seq LEFT JOIN agents a ON a.id = d.recipient
          WHERE COALESCE(a.fleet_id, substr(d.recipient, 6)) <> m.fleet_id`,
  }),
  bySql({
    id: "sender-in-another-fleet",
    explains: "a message was sent by an agent of another fleet",
    remedy: restoreRemedy,
    sql: `SELECT m.id AS subject, a.fleet_id AS detail FROM messages m
          JOIN agents a ON a.id = m.from_agent_id WHERE a.fleet_id <> m.fleet_id`,
  }),
  bySql({
    id: "agent-in-a-host-of-another-fleet",
    explains: "an agent is in a host of another fleet",
    remedy: restoreRemedy,
    sql: `SELECT a.id AS subject, h.id AS detail FROM agents a JOIN hosts h ON h.id = a.host_id
          WHERE h.fleet_id <> a.fleet_id`,
  }),
  missing("question-without-agent", {
    table: "questions",
    subject: "t.id",
    column: "agent_id",
    ...agent,
  }),
  missing("grant-without-question", {
    table: "grants",
    subject: "t.id",
    column: "question_id",
    target: "questions",
    where: `question_id <> '${prunedQuestion}'`,
  }),
  missing("event-without-fleet", {
    table: "events",
    subject: "t.seq",
    column: "fleet_id",
    ...fleet,
  }),
  missing("event-without-agent", {
    table: "events",
    subject: "t.seq",
    column: "agent_id",
    ...agent,
  }),
]
