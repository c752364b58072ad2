import { maxPayloadBytes, messageTypes, systemSender } from "../../model/message.ts"
import { bySql, type Check, oneOf, parses, restoreRemedy } from "../check.ts"

const states = ["accepted", "injected", "seen", "acked", "parked"]

/** Messages against their deliveries, deliveries against the counts of inboxes. */
export const mail: readonly Check[] = [
  oneOf("message-type", { table: "messages", subject: "id", column: "type", values: messageTypes }),
  oneOf("message-payload-kind", {
    table: "messages",
    subject: "id",
    column: "payload_kind",
    values: ["text", "json"],
  }),
  parses("message-payload", {
    table: "messages",
    subject: "id",
    column: "payload",
    where: "payload_kind = 'json'",
  }),
  bySql({
    id: "message-too-large",
    explains: `a payload is larger than the ${maxPayloadBytes} bytes that can be sent`,
    remedy: restoreRemedy,
    sql: `SELECT id AS subject, length(payload) AS detail FROM messages
          WHERE length(payload) > ${maxPayloadBytes} AND from_agent_id <> '${systemSender}'`,
  }),
  bySql({
    id: "message-counts-below-zero",
    explains: "a message counts fewer than no hops or replies",
    remedy: restoreRemedy,
    sql: "SELECT id AS subject, hops AS detail FROM messages WHERE hops < 0 OR auto_replies < 0",
  }),
  bySql({
    id: "message-to-nobody",
    explains: "a message was filed for nobody: a recipient's copy is gone",
    remedy: "Send it again if it matters: its payload is still there (meshfleet events).",
    sql: `SELECT m.id AS subject, m.to_agent_id AS detail FROM messages m
          WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_seq = m.seq)`,
  }),
  oneOf("delivery-state", {
    table: "deliveries",
    subject: "recipient",
    column: "state",
    values: states,
  }),
  bySql({
    id: "delivery-state-without-time",
    explains: "a delivery has come to a state whose time is missing",
    remedy: restoreRemedy,
    sql: `SELECT recipient AS subject, state AS detail FROM deliveries
          WHERE (state = 'injected' AND injected_at IS NULL) OR (state = 'seen' AND seen_at IS NULL)
             OR (state = 'acked' AND acked_at IS NULL)`,
  }),
  bySql({
    id: "delivery-time-without-state",
    explains: "a delivery has the time of a state that it has not come to",
    remedy: restoreRemedy,
    sql: `SELECT recipient AS subject, state AS detail FROM deliveries
          WHERE (acked_at IS NOT NULL AND state <> 'acked')
             OR (seen_at IS NOT NULL AND state IN ('accepted', 'injected', 'parked'))`,
  }),
  bySql({
    id: "delivery-times-out-of-order",
    explains: "a delivery was seen or acknowledged before it was accepted",
    remedy: "A clock was set back while it travelled, or the row was changed.",
    severity: "warning",
    sql: `SELECT recipient AS subject, message_seq AS detail FROM deliveries
          WHERE COALESCE(injected_at, accepted_at) < accepted_at
             OR COALESCE(seen_at, accepted_at) < accepted_at
             OR COALESCE(acked_at, seen_at, accepted_at) < COALESCE(seen_at, accepted_at)`,
  }),
  bySql({
    id: "delivery-before-message",
    explains: "a delivery was accepted before its message was written",
    remedy: restoreRemedy,
    sql: `SELECT m.id AS subject, d.recipient AS detail FROM deliveries d
          JOIN messages m ON m.seq = d.message_seq WHERE d.accepted_at < m.created_at`,
  }),
  bySql({
    id: "delivery-position-twice",
    explains: "two deliveries have the same place in an inbox",
    remedy: restoreRemedy,
    sql: `SELECT recipient AS subject, position AS detail FROM deliveries
          WHERE position IS NOT NULL GROUP BY recipient, position HAVING count(*) > 1`,
  }),
  bySql({
    id: "inbox-total",
    explains: "an inbox counts more or fewer messages than were filed in it",
    remedy: "A delivery was added or taken away: pages of this inbox tell a wrong `remaining`.",
    sql: `SELECT i.recipient AS subject, i.total AS detail FROM inboxes i
          WHERE i.total <> (SELECT count(*) FROM deliveries d
                            WHERE d.recipient = i.recipient AND d.position IS NOT NULL)`,
  }),
  bySql({
    id: "inbox-unacknowledged",
    explains: "an inbox counts more or fewer unacknowledged messages than it has",
    remedy: "An acknowledgement was added or taken away: `unread` of this agent is wrong.",
    sql: `SELECT i.recipient AS subject, i.unacked AS detail FROM inboxes i
          WHERE i.unacked <> (SELECT count(*) FROM deliveries d WHERE d.recipient = i.recipient
                                AND d.position IS NOT NULL AND d.acked_at IS NULL)`,
  }),
  bySql({
    id: "inbox-gone",
    explains: "messages are filed for somebody whose inbox is not counted",
    remedy: restoreRemedy,
    sql: `SELECT DISTINCT d.recipient AS subject, 'no inbox' AS detail FROM deliveries d
          WHERE d.position IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM inboxes i WHERE i.recipient = d.recipient)`,
  }),
  bySql({
    id: "messages-against-events",
    explains: "a fleet has another number of messages than its history tells",
    remedy: "A message, or the event of its sending, was added or taken away.",
    // Counted in one go: neither table is looked up by its fleet and sender.
    sql: `SELECT f.id AS subject, COALESCE(m.n, 0) AS detail FROM fleets f
          LEFT JOIN (SELECT fleet_id, count(*) AS n FROM messages
                     WHERE from_agent_id <> '${systemSender}' GROUP BY fleet_id) m ON m.fleet_id = f.id
          LEFT JOIN (SELECT fleet_id, count(*) AS n FROM events
                     WHERE type = 'message.sent' GROUP BY fleet_id) e ON e.fleet_id = f.id
          WHERE COALESCE(m.n, 0) <> COALESCE(e.n, 0)`,
  }),
]
