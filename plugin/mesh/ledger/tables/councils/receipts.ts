import { hasChanged } from "../has-changed.ts"
import type { Query, Tx } from "../../port.ts"

export interface ReceiptRow {
  seq: number
  message_id: string
  /** An agent's id, `lead` or `human`. */
  actor: string
  action: string
  note: string | null
  at: number
}

/** One per message, actor and action: false when there is one, which stays as it is. */
export const insertReceipt = (tx: Tx, receipt: Omit<ReceiptRow, "seq" | "at">) =>
  hasChanged(
    tx.run(
      `INSERT INTO receipts (message_id, actor, action, note, at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (message_id, actor, action) DO NOTHING`,
      receipt.message_id,
      receipt.actor,
      receipt.action,
      receipt.note,
      tx.at,
    ),
  )

export const receiptOf = (db: Query, messageId: string, actor: string, action: string) =>
  db.get<ReceiptRow>(
    "SELECT * FROM receipts WHERE message_id = ? AND actor = ? AND action = ?",
    messageId,
    actor,
    action,
  )

/** Oldest first. */
export const receiptsOf = (db: Query, messageId: string) =>
  db.all<ReceiptRow>("SELECT * FROM receipts WHERE message_id = ? ORDER BY seq", messageId)

/** What an agent has said of commits, on any message of its fleet, oldest first. */
export const verdictsOf = (db: Query, fleetId: string, actor: string) =>
  db.all<ReceiptRow>(
    `SELECT r.* FROM messages m JOIN receipts r ON r.message_id = m.id
     WHERE m.fleet_id = ? AND r.actor = ?
       AND (r.action LIKE 'approved:%' OR r.action LIKE 'declined:%') ORDER BY r.seq`,
    fleetId,
    actor,
  )

export const forgetReceipts = (tx: Tx, messageId: string) =>
  tx.run("DELETE FROM receipts WHERE message_id = ?", messageId)
