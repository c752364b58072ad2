import { isLeadOf, refuseDelegated } from "../access.ts"
import { insertReceipt, receiptOf, receiptsOf } from "../ledger/tables/councils/receipts.ts"
import type { ReceiptRow } from "../ledger/tables/councils/receipts.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { deliveriesOf } from "../ledger/tables/messages.ts"
import type { DeliveryRow } from "../ledger/tables/rows.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { leadName } from "../model/message.ts"
import { isVagueVerdict } from "./verdict.ts"
import { notTheirs, requireOwnMessage, shownRecipient } from "./known-message.ts"

/** In small letters, so that two spellings are not two receipts. */
export const receiptAction = /^[a-z][a-z0-9_.:-]{0,63}$/

/** Deliveries tell these by themselves. */
const deliverySteps = ["accepted", "injected", "seen", "acked"] as const
const reserved = new Set<string>([...deliverySteps, "parked", "ack"])
/** Votes and whatever else a council may write. */
const councilPrefix = "r-"

export interface ShownReceipt {
  message_id: string
  agent_id: string
  action: string
  note?: string
  /** A step of the delivery, which the system has seen. */
  system?: true
  timestamp: string
}

// What does not fit comes with the next page.
const maxPageBytes = 36_000

/** What was done with a message: by those who have it, and on its way to them. */
export const createReceipts = ({ ledger }: { ledger: Ledger }) => ({
  /** The first receipt of its kind stays; a later one answers what that says. */
  async write(caller: Caller, messageId: string, action: string, note?: string) {
    refuseDelegated(caller, "write receipts")
    refuseReserved(action)
    refuseVague(action)
    return ledger.transact(async (tx) => {
      const { fleet } = await requireOwnMessage(tx, caller, messageId)
      if (!caller.member && !isLeadOf(caller, fleet)) throw notTheirs(messageId)
      const actor = caller.member?.agentId ?? leadName
      const receipt = { message_id: messageId, actor, action, note: note ?? null }
      if (await insertReceipt(tx, receipt))
        await appendEvent(tx, {
          type: "receipt.written",
          fleetId: fleet.id,
          agentId: caller.member?.agentId ?? null,
          data: { message_id: messageId, action, ...(note !== undefined && { note }) },
        })
      return show((await receiptOf(tx, messageId, actor, action))!)
    })
  },

  /** Oldest first, from `offset` on. */
  list: (caller: Caller, messageId: string, offset = 0) =>
    ledger.read(async (db) => {
      const { message, fleet } = await requireOwnMessage(db, caller, messageId)
      const steps = (await deliveriesOf(db, message.seq)).flatMap((delivery) =>
        stepsOf(messageId, fleet.id, delivery),
      )
      const written = (await receiptsOf(db, messageId)).map(show)
      const all = [...steps, ...written]
        .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
        .slice(offset)
      const receipts = withinBytes(all)
      const remaining = all.length - receipts.length
      return {
        receipts,
        ...(remaining > 0 && { remaining, next_offset: offset + receipts.length }),
      }
    }),
})

export type Receipts = ReturnType<typeof createReceipts>

const refuseReserved = (action: string) => {
  if (!reserved.has(action) && !action.startsWith(councilPrefix)) return
  throw new MeshError(
    "INVALID_ARGUMENT",
    `action: "${action}" is not written by hand: deliveries and votes write it themselves.`,
    "Acknowledge with ack_message and vote with cast_vote, or choose another word, such as started.",
  )
}

const refuseVague = (action: string) => {
  if (!isVagueVerdict(action)) return
  throw new MeshError(
    "INVALID_ARGUMENT",
    `action: "${action}" names no whole commit.`,
    "After approved: or declined: put the first 40 characters of it, as git rev-parse prints them.",
  )
}

const show = ({ message_id, actor, action, note, at }: ReceiptRow): ShownReceipt => ({
  message_id,
  agent_id: actor,
  action,
  ...(note !== null && { note }),
  timestamp: isoTime(at),
})

const stepsOf = (messageId: string, fleetId: string, delivery: DeliveryRow): ShownReceipt[] =>
  deliverySteps.flatMap((action) => {
    const at = delivery[`${action}_at`]
    if (at === null) return []
    const isAuto = action === "acked" && delivery.auto_acked === 1
    const isParked = action === "accepted" && delivery.state === "parked"
    return [
      {
        message_id: messageId,
        agent_id: shownRecipient(delivery.recipient, fleetId),
        action,
        ...(isAuto && { note: "auto" }),
        ...(isParked && { note: "parked" }),
        system: true as const,
        timestamp: isoTime(at),
      },
    ]
  })

const withinBytes = (receipts: readonly ShownReceipt[]) => {
  let bytes = 0
  return receipts.filter((receipt, index) => {
    bytes += Buffer.byteLength(JSON.stringify(receipt)) + 1
    return index === 0 || bytes <= maxPageBytes
  })
}
