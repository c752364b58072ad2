import { hasChanged } from "./has-changed.ts"
import { leadRecipient } from "../../model/message.ts"
import type { Query, Tx } from "../port.ts"
import type { DeliveryRow, MessageRow } from "./rows.ts"

export const insertMessage = async (
  tx: Tx,
  message: Omit<MessageRow, "seq" | "whole"> & Partial<Pick<MessageRow, "whole">>,
) =>
  (await tx.get<{ seq: number }>(
    `INSERT INTO messages (id, fleet_id, from_agent_id, to_agent_id, type, payload, payload_kind,
       correlation_id, via, hops, whole, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
    message.whole ?? 0,
    message.created_at,
  ))!.seq

/** Files one message for one recipient and counts it, so that no reader ever has to count. */
export const insertDelivery = async (
  tx: Tx,
  delivery: Pick<DeliveryRow, "recipient" | "message_seq" | "wake" | "accepted_at">,
  isNotice = false,
) =>
  tx.run(
    `INSERT INTO deliveries (recipient, message_seq, position, state, wake, accepted_at)
     VALUES (?, ?, ?, 'accepted', ?, ?)`,
    delivery.recipient,
    delivery.message_seq,
    isNotice ? null : await nextPosition(tx, delivery.recipient),
    delivery.wake,
    delivery.accepted_at,
  )

const nextPosition = async (tx: Tx, recipient: string) =>
  (await tx.get<{ total: number }>(
    `INSERT INTO inboxes (recipient, total, unacked) VALUES (?, 1, 1)
     ON CONFLICT (recipient) DO UPDATE SET total = inboxes.total + 1, unacked = inboxes.unacked + 1
     RETURNING total`,
    recipient,
  ))!.total

export const messageById = (db: Query, id: string) =>
  db.get<MessageRow>("SELECT * FROM messages WHERE id = ?", id)

export const deliveriesOf = (db: Query, seq: number) =>
  db.all<DeliveryRow>("SELECT * FROM deliveries WHERE message_seq = ? ORDER BY recipient", seq)

export type DeliveredMessage = MessageRow & Pick<DeliveryRow, "recipient" | "state" | "wake">

const joined =
  "SELECT m.*, d.recipient, d.state, d.wake FROM deliveries d JOIN messages m ON m.seq = d.message_seq"

/** Mail that entered the recipient's session since then, oldest first. */
export const injectedSince = (db: Query, recipient: string, since: number) =>
  db.all<Pick<MessageRow, "type" | "from_agent_id">>(
    `SELECT m.type, m.from_agent_id FROM deliveries d JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? AND d.injected_at >= ? AND d.position IS NOT NULL ORDER BY d.message_seq`,
    recipient,
    since,
  )

/** What waits to be put into the recipient's session, oldest first. */
export const undelivered = (db: Query, recipient: string, limit = 50) =>
  db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.state = 'accepted' ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  )

/** What of it may wake the recipient, however much lies before it that may not. */
export const wakingMail = (db: Query, recipient: string, limit = 50) =>
  db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.state = 'accepted' AND d.wake = 1 ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  )

/** The newest mail there is; 0 when there was none yet. */
export const newestSeq = async (db: Query, recipients: readonly string[]) => {
  let newest = 0
  for (const recipient of recipients) {
    const row = await db.get<{ seq: number | null }>(
      "SELECT max(message_seq) AS seq FROM deliveries WHERE recipient = ?",
      recipient,
    )
    newest = Math.max(newest, row?.seq ?? 0)
  }
  return newest
}

/** Whether anything waits to be put into the recipient's session. */
export const hasUndelivered = async (db: Query, recipient: string) =>
  (await db.get(
    "SELECT 1 AS found FROM deliveries WHERE recipient = ? AND state = 'accepted' LIMIT 1",
    recipient,
  )) !== undefined

/** Messages nobody has acknowledged yet. */
export const unackedCount = async (db: Query, recipient: string) =>
  (await db.get<{ unacked: number }>("SELECT unacked FROM inboxes WHERE recipient = ?", recipient))
    ?.unacked ?? 0

/** Whether mail waits that may wake an agent whose turn is over. */
export const hasWakingMail = async (db: Query, recipient: string) =>
  (await db.get(
    `SELECT 1 AS found FROM deliveries WHERE recipient = ? AND state = 'accepted' AND wake = 1 LIMIT 1`,
    recipient,
  )) !== undefined

export const highestHop = async (db: Query, fleetId: string, correlationId: string) =>
  (
    await db.get<{ hops: number | null }>(
      "SELECT hops FROM messages WHERE fleet_id = ? AND correlation_id = ? ORDER BY seq DESC LIMIT 1",
      fleetId,
      correlationId,
    )
  )?.hops ?? -1

/** One message in one inbox. */
type Filed = Pick<DeliveredMessage, "recipient" | "seq">

/** Moves a delivery on; a state never goes back. False when it had come that far before. */
export const advance = async (tx: Tx, { recipient, seq }: Filed, state: "injected" | "seen") => {
  const from =
    state === "injected" ? "('accepted', 'parked')" : "('accepted', 'parked', 'injected')"
  const { changes } = await tx.run(
    `UPDATE deliveries SET state = ?, ${state}_at = ?, tries = tries + ?
     WHERE recipient = ? AND message_seq = ? AND state IN ${from}`,
    state,
    tx.at,
    state === "injected" ? 1 : 0,
    recipient,
    seq,
  )
  return changes > 0
}

/** Idempotent. Returns whether this call acknowledged it. */
export const acknowledge = async (tx: Tx, recipient: string, seq: number, automatic: boolean) => {
  const { changes } = await tx.run(
    `UPDATE deliveries SET state = 'acked', acked_at = ?, auto_acked = ?,
       injected_at = COALESCE(injected_at, ?), seen_at = COALESCE(seen_at, ?)
     WHERE recipient = ? AND message_seq = ? AND acked_at IS NULL`,
    tx.at,
    automatic ? 1 : 0,
    tx.at,
    tx.at,
    recipient,
    seq,
  )
  // A notice of ours was never counted.
  if (changes > 0)
    await tx.run(
      `UPDATE inboxes SET unacked = unacked - 1 WHERE recipient = ?
         AND EXISTS (SELECT 1 FROM deliveries WHERE recipient = ? AND message_seq = ? AND position IS NOT NULL)`,
      recipient,
      recipient,
      seq,
    )
  return changes > 0
}

/** Stored in the session before `before` (ms), but never part of a request to the model. */
export const injectedUnseen = (db: Query, recipient: string, before: number) =>
  db.all<DeliveredMessage & Pick<DeliveryRow, "tries">>(
    `SELECT m.*, d.recipient, d.state, d.wake, d.tries FROM deliveries d
     JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? AND d.acked_at IS NULL AND d.state = 'injected' AND d.injected_at <= ?
     ORDER BY d.message_seq`,
    recipient,
    before,
  )

/** Seen but not yet acknowledged: what the end of a turn acknowledges by itself. */
export const seenUnacked = (db: Query, recipient: string) =>
  db.all<DeliveredMessage>(
    `${joined} WHERE d.recipient = ? AND d.acked_at IS NULL AND d.state = 'seen' ORDER BY d.message_seq`,
    recipient,
  )

/** The session does not hold it after all: it is put there again. */
export const deliverAgain = (tx: Tx, { recipient, seq }: Filed) =>
  tx.run(
    "UPDATE deliveries SET state = 'accepted' WHERE recipient = ? AND message_seq = ? AND state = 'injected'",
    recipient,
    seq,
  )

/** The session holds it and is asked to go on: one more try of showing it. */
export const countTry = (tx: Tx, { recipient, seq }: Filed) =>
  tx.run(
    "UPDATE deliveries SET tries = tries + 1, injected_at = ? WHERE recipient = ? AND message_seq = ? AND state = 'injected'",
    tx.at,
    recipient,
    seq,
  )

/** False when it was seen meanwhile. */
export const setTries = (tx: Tx, { recipient, seq }: Filed, tries: number) =>
  hasChanged(
    tx.run(
      "UPDATE deliveries SET tries = ? WHERE recipient = ? AND message_seq = ? AND state = 'injected'",
      tries,
      recipient,
      seq,
    ),
  )

/** What waits stays in the inbox and wakes nobody any more. */
export const clearWakes = (tx: Tx, recipient: string) =>
  tx.run(
    "UPDATE deliveries SET wake = 0 WHERE recipient = ? AND state = 'accepted' AND wake = 1",
    recipient,
  )

/** What waits for somebody who is gone. Returns how many there were. */
export const parkDeliveries = async (tx: Tx, recipient: string) =>
  (
    await tx.run(
      "UPDATE deliveries SET state = 'parked' WHERE recipient = ? AND state = 'accepted'",
      recipient,
    )
  ).changes

/** The recipient is back in its session. */
export const unparkDeliveries = (tx: Tx, recipient: string) =>
  tx.run(
    "UPDATE deliveries SET state = 'accepted' WHERE recipient = ? AND state = 'parked'",
    recipient,
  )

/** The recipient goes on in another session, which holds nothing of what the former one was given. */
export const redirectDeliveries = (tx: Tx, recipient: string) =>
  tx.run(
    "UPDATE deliveries SET state = 'accepted' WHERE recipient = ? AND state IN ('parked', 'injected')",
    recipient,
  )

/** News that the lead has read by itself needs no telling any more. */
export const withdrawNotices = (tx: Tx, fleetId: string) =>
  tx.run(
    `UPDATE deliveries SET state = 'acked', acked_at = ?, auto_acked = 1
     WHERE recipient = ? AND position IS NULL AND state IN ('accepted', 'parked')
       AND EXISTS (SELECT 1 FROM messages WHERE seq = message_seq AND type = 'alert')`,
    tx.at,
    leadRecipient(fleetId),
  )

/** What a notice tells is over before the lead has read it. Returns how many there were. */
export const withdrawNoticesAbout = async (tx: Tx, fleetId: string, about: string) =>
  (
    await tx.run(
      `UPDATE deliveries SET state = 'acked', acked_at = ?, auto_acked = 1
     WHERE recipient = ? AND position IS NULL AND state IN ('accepted', 'parked')
       AND message_seq IN (SELECT seq FROM messages WHERE fleet_id = ? AND correlation_id = ?)`,
      tx.at,
      leadRecipient(fleetId),
      fleetId,
      about,
    )
  ).changes
