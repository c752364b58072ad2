import type { Database } from "./driver.ts"
import type { DeliveryRow, MessageRow } from "./rows.ts"

export const insertMessage = (db: Database, message: Omit<MessageRow, "seq">) =>
  db.get<{ seq: number }>(
    `INSERT INTO messages (id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind,
       correlation_id, via, hops, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     RETURNING seq`,
    message.id,
    message.fleet_id,
    message.from_agent_id,
    message.to_agent_id,
    message.type,
    message.payload,
    message.payload_kind,
    message.correlation_id,
    message.via,
    message.hops,
    message.created_at,
  )!.seq

/** Files one message for one recipient and counts it, so that no reader ever has to count. */
export const insertDelivery = (
  db: Database,
  delivery: Pick<DeliveryRow, "recipient" | "message_seq" | "wake" | "accepted_at">,
  isNotice = false,
) =>
  db.run(
    `INSERT INTO deliveries (recipient, message_seq, position, state, wake, accepted_at)
     VALUES (?, ?, ?, 'accepted', ?, ?)`,
    delivery.recipient,
    delivery.message_seq,
    isNotice ? null : nextPosition(db, delivery.recipient),
    delivery.wake,
    delivery.accepted_at,
  )

const nextPosition = (db: Database, recipient: string) =>
  db.get<{ total: number }>(
    `INSERT INTO inboxes (recipient, total, unacked) VALUES (?, 1, 1)
     ON CONFLICT (recipient) DO UPDATE SET total = inboxes.total + 1, unacked = inboxes.unacked + 1
     RETURNING total`,
    recipient,
  )!.total

export const messageById = (db: Database, id: string) =>
  db.get<MessageRow>("SELECT * FROM messages WHERE id = ?", id)

export const deliveriesOf = (db: Database, seq: number) =>
  db.all<DeliveryRow>("SELECT * FROM deliveries WHERE message_seq = ? ORDER BY recipient", seq)

export type DeliveredMessage = MessageRow & Pick<DeliveryRow, "recipient" | "state" | "wake">

const joined =
  "SELECT m.*, d.recipient, d.state, d.wake FROM deliveries d JOIN messages m ON m.seq = d.message_seq"

/** What waits to be put into the recipient's session, oldest first. */
export const undelivered = (db: Database, recipient: string, limit = 50) =>
  db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.state = 'accepted' ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  )

/** What of it may wake the recipient, however much lies before it that may not. */
export const wakingMail = (db: Database, recipient: string, limit = 50) =>
  db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.state = 'accepted' AND d.wake = 1 ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  )

/** The newest mail there is; 0 when there was none yet. */
export const newestSeq = (db: Database, recipients: readonly string[]) =>
  recipients.reduce(
    (newest, recipient) =>
      Math.max(
        newest,
        db.get<{ seq: number | null }>(
          "SELECT max(message_seq) AS seq FROM deliveries WHERE recipient = ?",
          recipient,
        )?.seq ?? 0,
      ),
    0,
  )

/** Messages nobody has acknowledged yet. */
export const unackedCount = (db: Database, recipient: string) =>
  db.get<{ unacked: number }>("SELECT unacked FROM inboxes WHERE recipient = ?", recipient)
    ?.unacked ?? 0

/** Whether mail waits that may wake an agent whose turn is over. */
export const hasWakingMail = (db: Database, recipient: string) =>
  db.get(
    `SELECT 1 AS found FROM deliveries WHERE recipient = ? AND state = 'accepted' AND wake = 1 LIMIT 1`,
    recipient,
  ) !== undefined

export interface InboxPage {
  messages: DeliveredMessage[]
  /** How many more there are behind this page. */
  remaining: number
}

/**
 * One page of an inbox, oldest first. With `since` everything after that sequence number; without it
 * what nobody has acknowledged. Costs the same however much is unread.
 */
export const inboxPage = (
  db: Database,
  recipients: readonly string[],
  since: number | undefined,
  limit: number,
): InboxPage => {
  const pages = recipients.map((recipient) =>
    since === undefined
      ? unackedPage(db, recipient, limit)
      : pageSince(db, recipient, since, limit),
  )
  const messages = pages
    .flatMap((page) => page.messages)
    .sort((a, b) => a.seq - b.seq)
    .slice(0, limit)
  const total = pages.reduce((sum, page) => sum + page.total, 0)
  return { messages, remaining: Math.max(0, total - messages.length) }
}

const unackedPage = (db: Database, recipient: string, limit: number) => ({
  messages: db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.acked_at IS NULL AND d.position IS NOT NULL
     ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  ),
  total: unackedCount(db, recipient),
})

const pageSince = (db: Database, recipient: string, since: number, limit: number) => ({
  messages: db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.message_seq > ? AND d.position IS NOT NULL
     ORDER BY d.message_seq LIMIT ?`,
    recipient,
    since,
    limit,
  ),
  total:
    (db.get<{ total: number }>("SELECT total FROM inboxes WHERE recipient = ?", recipient)?.total ??
      0) -
    (db.get<{ position: number }>(
      `SELECT position FROM deliveries WHERE recipient = ? AND message_seq <= ? AND position IS NOT NULL
       ORDER BY message_seq DESC LIMIT 1`,
      recipient,
      since,
    )?.position ?? 0),
})

export const highestHop = (db: Database, fleetId: string, correlationId: string) =>
  db.get<{ hops: number | null }>(
    "SELECT hops FROM messages WHERE fleet_id = ? AND correlation_id = ? ORDER BY seq DESC LIMIT 1",
    fleetId,
    correlationId,
  )?.hops ?? -1

/** Moves deliveries of one recipient on; a state never goes back. Returns the sequence numbers moved. */
export const advance = (
  db: Database,
  recipient: string,
  seqs: readonly number[],
  state: "injected" | "seen",
  at: number,
) =>
  seqs.filter((seq) => {
    const from =
      state === "injected" ? "('accepted', 'parked')" : "('accepted', 'parked', 'injected')"
    return (
      db.run(
        `UPDATE deliveries SET state = ?, ${state}_at = ?, tries = tries + ?
         WHERE recipient = ? AND message_seq = ? AND state IN ${from}`,
        state,
        at,
        state === "injected" ? 1 : 0,
        recipient,
        seq,
      ).changes > 0
    )
  })

/** Idempotent. Returns whether this call acknowledged it. */
export const acknowledge = (
  db: Database,
  recipient: string,
  seq: number,
  at: number,
  automatic: boolean,
) => {
  const { changes } = db.run(
    `UPDATE deliveries SET state = 'acked', acked_at = ?, auto_acked = ?,
       injected_at = COALESCE(injected_at, ?), seen_at = COALESCE(seen_at, ?)
     WHERE recipient = ? AND message_seq = ? AND acked_at IS NULL`,
    at,
    automatic ? 1 : 0,
    at,
    at,
    recipient,
    seq,
  )
  // A notice of ours was never counted.
  if (changes > 0)
    db.run(
      `UPDATE inboxes SET unacked = unacked - 1 WHERE recipient = ?
         AND EXISTS (SELECT 1 FROM deliveries WHERE recipient = ? AND message_seq = ? AND position IS NOT NULL)`,
      recipient,
      recipient,
      seq,
    )
  return changes > 0
}

/** Stored in the session before `before` (ms), but never part of a request to the model. */
export const injectedUnseen = (db: Database, recipient: string, before: number) =>
  db.all<DeliveredMessage & Pick<DeliveryRow, "tries">>(
    `SELECT m.*, d.recipient, d.state, d.wake, d.tries FROM deliveries d
     JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? AND d.acked_at IS NULL AND d.state = 'injected' AND d.injected_at <= ?
     ORDER BY d.message_seq`,
    recipient,
    before,
  )

/** Seen but not yet acknowledged: what the end of a turn acknowledges by itself. */
export const seenUnacked = (db: Database, recipient: string) =>
  db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.acked_at IS NULL AND d.state = 'seen' ORDER BY d.message_seq`,
    recipient,
  )
