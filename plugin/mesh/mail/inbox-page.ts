import type { Query } from "../ledger/port.ts"
import { type DeliveredMessage, unackedCount } from "../ledger/tables/messages.ts"
import type { DeliveryRow, MessageRow } from "../ledger/tables/rows.ts"

export interface InboxPage {
  messages: DeliveredMessage[]
  /** How many more there are behind this page. */
  remaining: number
}

/**
 * One page of an inbox, oldest first. With `since` everything after that sequence number; without it
 * what nobody has acknowledged. Costs the same however much is unread.
 */
export const inboxPage = async (
  db: Query,
  recipients: readonly string[],
  since: number | undefined,
  limit: number,
): Promise<InboxPage> => {
  const found: DeliveredMessage[] = []
  let total = 0
  for (const recipient of recipients) {
    const page =
      since === undefined
        ? await unackedPage(db, recipient, limit)
        : await pageSince(db, recipient, since, limit)
    found.push(...page.messages)
    total += page.total
  }
  const messages = found.sort((a, b) => a.seq - b.seq).slice(0, limit)
  return { messages, remaining: Math.max(0, total - messages.length) }
}

const mail = `FROM deliveries d JOIN messages m ON m.seq = d.message_seq
  WHERE d.recipient = ? AND d.position IS NOT NULL`
const columns = "m.*, d.recipient, d.state, d.wake"

const unackedPage = async (db: Query, recipient: string, limit: number) => {
  const messages = await db.all<DeliveredMessage>(
    `SELECT ${columns} ${mail} AND d.acked_at IS NULL ORDER BY d.message_seq LIMIT ?`,
    recipient,
    limit,
  )
  return { messages, total: await unackedCount(db, recipient) }
}

const pageSince = async (db: Query, recipient: string, since: number, limit: number) => {
  const messages = await db.all<DeliveredMessage>(
    `SELECT ${columns} ${mail} AND d.message_seq > ? ORDER BY d.message_seq LIMIT ?`,
    recipient,
    since,
    limit,
  )
  const before = await db.get<{ position: number }>(
    `SELECT position FROM deliveries WHERE recipient = ? AND message_seq <= ? AND position IS NOT NULL
     ORDER BY message_seq DESC LIMIT 1`,
    recipient,
    since,
  )
  return { messages, total: (await countsOf(db, recipient)).total - (before?.position ?? 0) }
}

/** A message with all that is known of its way into one inbox. */
export type FiledMessage = MessageRow & DeliveryRow

const allColumns = `m.*, d.recipient, d.message_seq, d.position, d.state, d.wake, d.tries,
  d.accepted_at, d.injected_at, d.seen_at, d.acked_at, d.auto_acked`

/** For a look from outside: oldest first, the unacknowledged or the newest of all. */
export const filedMessages = async (
  db: Query,
  recipient: string,
  { all, limit }: { all: boolean; limit: number },
) => {
  if (!all)
    return db.all<FiledMessage>(
      `SELECT ${allColumns} ${mail} AND d.acked_at IS NULL ORDER BY d.message_seq LIMIT ?`,
      recipient,
      limit,
    )
  const newest = await db.all<FiledMessage>(
    `SELECT ${allColumns} ${mail} ORDER BY d.message_seq DESC LIMIT ?`,
    recipient,
    limit,
  )
  return newest.toReversed()
}

export const countsOf = async (db: Query, recipient: string) =>
  (await db.get<{ total: number; unacked: number }>(
    "SELECT total, unacked FROM inboxes WHERE recipient = ?",
    recipient,
  )) ?? { total: 0, unacked: 0 }
