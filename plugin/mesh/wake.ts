import type { NewId } from "./ids.ts"
import type { Database } from "./ledger/driver.ts"
import { appendEvent } from "./ledger/events.ts"
import { settleFleet } from "./ledger/fleets.ts"
import { type DeliveredMessage, wakingMail } from "./ledger/messages.ts"
import type { AgentRow } from "./ledger/rows.ts"
import { leadName, systemSender } from "./message.ts"
import { notifyLead } from "./notices.ts"

export interface WakeCaps {
  /** Wakes per fleet that a member's message caused. */
  perFleet: number
  /** Messages of one correlation after which it wakes nobody. */
  hops: number
}

/** Mail from above always wakes; what members send each other is counted. */
const isCounted = (message: DeliveredMessage) =>
  message.from_agent_id !== leadName &&
  message.from_agent_id !== systemSender &&
  message.via === null

/**
 * Whether the waiting mail may wake its recipient now. Two polite agents must not thank each other
 * for ever: past the caps the mail stays, wakes nobody, and the person is told once.
 */
export const spendWake = (
  db: Database,
  newId: NewId,
  at: number,
  fleetId: string,
  recipient: string,
  caps: WakeCaps,
): boolean => {
  const mail = wakingMail(db, recipient)
  if (mail.length === 0) return false
  const fresh = mail.filter((message) => !isCounted(message) || message.hops < caps.hops)
  if (fresh.some((message) => !isCounted(message))) return true
  if (fresh.length > 0) {
    const { changes } = db.run(
      "UPDATE fleets SET wakes = wakes + 1 WHERE id = ? AND wakes < ?",
      fleetId,
      caps.perFleet,
    )
    if (changes > 0) return true
  }
  db.run(
    "UPDATE deliveries SET wake = 0 WHERE recipient = ? AND state = 'accepted' AND wake = 1",
    recipient,
  )
  const detail =
    fresh.length > 0
      ? `${caps.perFleet} wakes by its own messages`
      : `${caps.hops} messages of one correlation`
  appendEvent(db, at, { type: "fleet.wakes_capped", fleetId, data: { recipient, detail } })
  notifyLead(
    db,
    newId,
    at,
    fleetId,
    `Fleet ${fleetId} reached ${detail}; "${recipient}" was not woken for its latest mail. Look whether its agents talk in circles; a message of yours wakes it.`,
    "request",
  )
  return false
}

/** A new turn of an agent whose turn was over: same attempt, next generation, the fleet reopens. */
export const reopenAgent = (
  db: Database,
  at: number,
  agent: AgentRow,
  status: "queued" | "running",
): boolean => {
  const { changes } = db.run(
    `UPDATE agents SET status = ?, generation = generation + 1, ended_at = NULL, error_code = NULL,
       error_detail = NULL, stop_mode = NULL, stop_code = NULL, stop_reason = NULL, stop_at = NULL,
       activity = 'reading mail', activity_at = ?
     WHERE id = ? AND generation = ? AND status IN ('complete', 'failed')`,
    status,
    at,
    agent.id,
    agent.generation,
  )
  if (changes === 0) return false
  appendEvent(db, at, { type: "agent.woken", fleetId: agent.fleet_id, agentId: agent.id })
  settleFleet(db, agent.fleet_id, at)
  return true
}
