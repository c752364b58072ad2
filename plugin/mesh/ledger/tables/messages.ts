import { insertRows } from "../insert-rows.ts"
import { hasChanged } from "./has-changed.ts"
import { leadRecipient } from "../../model/message.ts"
import type { Query, Tx } from "../port.ts"
import type { DeliveryRow, MessageRow } from "./rows.ts"

export type NewMessage = Omit<MessageRow, "seq" | "whole" | "auto_replies"> &
  Partial<Pick<MessageRow, "whole" | "auto_replies">>

const insertMessageInto = `INSERT INTO messages (id, fleet_id, from_agent_id, to_agent_id, type, payload,
  payload_kind, correlation_id, via, hops, whole, auto_replies, created_at)`
const insertDeliveryInto =
  "INSERT INTO deliveries (recipient, message_seq, position, state, wake, accepted_at)"

const valuesOf = (message: NewMessage) => [
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
  message.auto_replies ?? 0,
  message.created_at,
]

/** The sequence number of each, in their order. */
export const insertMessages = async (tx: Tx, messages: readonly NewMessage[]) => {
  const rows = await insertRows<{ id: string; seq: number }>(
    tx,
    insertMessageInto,
    messages.map(valuesOf),
    " RETURNING id, seq",
  )
  const seqs = new Map(rows.map(({ id, seq }) => [id, seq]))
  return messages.map(({ id }) => seqs.get(id)!)
}

export const insertMessage = async (tx: Tx, message: NewMessage) =>
  (await tx.get<{ seq: number }>(
    `${insertMessageInto} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq`,
    ...valuesOf(message),
  ))!.seq

export type NewDelivery = Pick<DeliveryRow, "recipient" | "message_seq" | "wake" | "accepted_at">

/**
 * Files each message for one recipient and counts it, so that no reader ever has to count. A notice has no
 * place in the inbox.
 */
export const insertDeliveries = async (tx: Tx, deliveries: readonly NewDelivery[]) => {
  const next = await takePositions(tx, deliveries)
  await insertRows(
    tx,
    insertDeliveryInto,
    deliveries.map(({ recipient, message_seq, wake, accepted_at }) => [
      recipient,
      message_seq,
      next(recipient),
      "accepted",
      wake,
      accepted_at,
    ]),
  )
}

export const insertDelivery = async (
  tx: Tx,
  { recipient, message_seq, wake, accepted_at }: NewDelivery,
  isNotice = false,
) =>
  tx.run(
    `${insertDeliveryInto} VALUES (?, ?, ?, 'accepted', ?, ?)`,
    recipient,
    message_seq,
    isNotice ? null : await makeRoom(tx, recipient, 1),
    wake,
    accepted_at,
  )

/** Makes room in each inbox; what is returned gives its places out in order. */
const takePositions = async (tx: Tx, deliveries: readonly NewDelivery[]) => {
  const counts = new Map<string, number>()
  for (const { recipient } of deliveries) counts.set(recipient, (counts.get(recipient) ?? 0) + 1)
  for (const [recipient, count] of counts)
    counts.set(recipient, (await makeRoom(tx, recipient, count)) - count)
  return (recipient: string) => {
    const position = counts.get(recipient)! + 1
    counts.set(recipient, position)
    return position
  }
}

const makeRoom = async (tx: Tx, recipient: string, count: number) =>
  (await tx.get<{ total: number }>(
    `INSERT INTO inboxes (recipient, total, unacked) VALUES (?, ?, ?)
     ON CONFLICT (recipient) DO UPDATE
       SET total = inboxes.total + excluded.total, unacked = inboxes.unacked + excluded.unacked
     RETURNING total`,
    recipient,
    count,
    count,
  ))!.total

export const messageById = (db: Query, id: string) =>
  db.get<MessageRow>("SELECT * FROM messages WHERE id = ?", id)

export const deliveriesOf = (db: Query, seq: number) =>
  db.all<DeliveryRow>("SELECT * FROM deliveries WHERE message_seq = ? ORDER BY recipient", seq)

export type DeliveredMessage = MessageRow & Pick<DeliveryRow, "recipient" | "state" | "wake">

const joined =
  "SELECT m.*, d.recipient, d.state, d.wake FROM deliveries d JOIN messages m ON m.seq = d.message_seq"

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

export const highestHop = async (db: Query, fleetId: string, correlationId: string) => {
  const sql =
    "SELECT hops FROM messages WHERE fleet_id = ? AND correlation_id = ? ORDER BY seq DESC LIMIT 1"
  return (await db.get<{ hops: number }>(sql, fleetId, correlationId))?.hops ?? -1
}

/** One message in one inbox. */
type Filed = Pick<DeliveredMessage, "recipient" | "seq">

/** Moves a delivery on; a state never goes back. False when it had come that far before. */
export const advance = async (tx: Tx, { recipient, seq }: Filed, state: "injected" | "seen") => {
  const from =
    state === "injected" ? "('accepted', 'parked')" : "('accepted', 'parked', 'injected')"
  const sql = `UPDATE deliveries SET state = ?, ${state}_at = ?, tries = tries + ?
     WHERE recipient = ? AND message_seq = ? AND state IN ${from}`
  const tries = state === "injected" ? 1 : 0
  return hasChanged(tx.run(sql, state, tx.at, tries, recipient, seq))
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
export const parkDeliveries = async (tx: Tx, recipient: string) => {
  const sql = "UPDATE deliveries SET state = 'parked' WHERE recipient = ? AND state = 'accepted'"
  return (await tx.run(sql, recipient)).changes
}

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

/** No request has shown it, though the session may hold it: one without `seen_at` is left out of those to come. */
const unread =
  "position IS NULL AND state IN ('accepted', 'parked', 'injected') AND seen_at IS NULL"

/** News that the lead has read by itself needs no telling any more. */
export const withdrawNotices = (tx: Tx, fleetId: string) =>
  tx.run(
    `UPDATE deliveries SET state = 'acked', acked_at = ?, auto_acked = 1
     WHERE recipient = ? AND ${unread}
       AND EXISTS (SELECT 1 FROM messages WHERE seq = message_seq AND type = 'alert')`,
    tx.at,
    leadRecipient(fleetId),
  )

/** What a notice tells is over before the lead has read it. Returns how many there were. */
export const withdrawNoticesAbout = async (tx: Tx, fleetId: string, about: string) =>
  (
    await tx.run(
      `UPDATE deliveries SET state = 'acked', acked_at = ?, auto_acked = 1
     WHERE recipient = ? AND ${unread}
       AND message_seq IN (SELECT seq FROM messages WHERE fleet_id = ? AND correlation_id = ?)`,
      tx.at,
      leadRecipient(fleetId),
      fleetId,
      about,
    )
  ).changes

/** A message and its copies; their inboxes count it no more. Returns how many rows there were. */
export const forgetMessage = async (tx: Tx, seq: number) => {
  await tx.run(
    `UPDATE inboxes SET total = total - 1, unacked = unacked - (SELECT count(*) FROM deliveries d
       WHERE d.recipient = inboxes.recipient AND d.message_seq = ? AND d.acked_at IS NULL)
     WHERE recipient IN (SELECT recipient FROM deliveries WHERE message_seq = ? AND position IS NOT NULL)`,
    seq,
    seq,
  )
  const { changes } = await tx.run("DELETE FROM deliveries WHERE message_seq = ?", seq)
  await tx.run("DELETE FROM messages WHERE seq = ?", seq)
  return changes + 1
}

export const forgetInbox = async (tx: Tx, recipient: string) => {
  await tx.run("DELETE FROM deliveries WHERE recipient = ?", recipient)
  await tx.run("DELETE FROM inboxes WHERE recipient = ?", recipient)
}
