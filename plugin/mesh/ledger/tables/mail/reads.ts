import type { DeliveredMessage } from "../messages.ts"
import type { DeliveryRow, MessageRow } from "../rows.ts"
import type { Query } from "../../port.ts"

/** Mail that entered the recipient's session since then, oldest first. */
export const injectedSince = (db: Query, recipient: string, since: number) =>
  db.all<Pick<MessageRow, "type" | "from_agent_id">>(
    `SELECT m.type, m.from_agent_id FROM deliveries d JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? AND d.injected_at >= ? AND d.position IS NOT NULL ORDER BY d.message_seq`,
    recipient,
    since,
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

/** The newest message of all; undefined when there is none. */
export const newestMessage = (db: Query) =>
  db.get<Pick<MessageRow, "fleet_id">>(
    "SELECT fleet_id FROM messages WHERE seq = (SELECT max(seq) FROM messages)",
  )

export const createdAt = async (db: Query, seq: number) =>
  (await db.get<{ created_at: number }>("SELECT created_at FROM messages WHERE seq = ?", seq))
    ?.created_at

export const countMessages = async (db: Query, recipients: readonly string[]) => {
  const seqs = new Set<number>()
  for (const recipient of recipients)
    for (const { seq } of await db.all<{ seq: number }>(
      "SELECT message_seq AS seq FROM deliveries WHERE recipient = ?",
      recipient,
    ))
      seqs.add(seq)
  return seqs.size
}

/** The oldest in an inbox, with whatever else was filed of each. */
export const oldestMail = (db: Query, recipient: string, limit: number) =>
  db.all<Pick<MessageRow, "seq" | "id" | "from_agent_id">>(
    `SELECT m.seq, m.id, m.from_agent_id FROM deliveries d JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  )

/** Of these messages, which notices were withdrawn before any of the recipients had seen them. */
export const withdrawnOf = async (
  db: Query,
  ids: readonly string[],
  recipients: readonly string[],
): Promise<string[]> => {
  const withdrawn: string[] = []
  for (const id of ids)
    for (const recipient of recipients)
      if (
        await db.get(
          `SELECT 1 AS found FROM messages m JOIN deliveries d ON d.message_seq = m.seq
           WHERE m.id = ? AND d.recipient = ? AND d.acked_at IS NOT NULL AND d.seen_at IS NULL`,
          id,
          recipient,
        )
      )
        withdrawn.push(id)
  return withdrawn
}

/** How much is unread, by agent; who has never had mail is not there. */
export const unreadInFleet = async (db: Query, fleetId: string) =>
  new Map(
    (
      await db.all<{ recipient: string; unacked: number }>(
        `SELECT i.recipient, i.unacked FROM agents a CROSS JOIN inboxes i
         WHERE a.fleet_id = ? AND i.recipient = a.id`,
        fleetId,
      )
    ).map(({ recipient, unacked }) => [recipient, unacked]),
  )

/** Whether a notice that wakes lies in the recipient's session and no request has shown it. */
export const hasUnseenNotice = async (db: Query, recipient: string) =>
  (await db.get(
    `SELECT 1 AS found FROM deliveries
     WHERE recipient = ? AND acked_at IS NULL AND state = 'injected' AND position IS NULL
       AND wake = 1 LIMIT 1`,
    recipient,
  )) !== undefined

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
    `SELECT m.*, d.recipient, d.state, d.wake FROM deliveries d JOIN messages m ON m.seq = d.message_seq
     WHERE d.recipient = ? AND d.acked_at IS NULL AND d.state = 'seen' ORDER BY d.message_seq`,
    recipient,
  )
