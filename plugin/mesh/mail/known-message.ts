import { isInReach, isLeadOf } from "../access.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { deliveriesOf, messageById } from "../ledger/tables/messages.ts"
import type { Query } from "../ledger/port.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { leadName, leadRecipient } from "../model/message.ts"

/** Messages of other projects do not exist for a caller. */
export const requireMessage = async (db: Query, caller: Caller, messageId: string) => {
  const message = await messageById(db, messageId)
  const fleet = message && (await fleetById(db, message.fleet_id))
  if (message && fleet && isInReach(caller, fleet)) return { message, fleet }
  throw new MeshError(
    "UNKNOWN_MESSAGE",
    `No message "${messageId}".`,
    "Copy the id from get_inbox or from the message itself.",
  )
}

/** One that the caller has sent or received; a fleet's lead sees all of its fleet's. */
export const requireOwnMessage = async (db: Query, caller: Caller, messageId: string) => {
  const { message, fleet } = await requireMessage(db, caller, messageId)
  const recipient = caller.member?.agentId ?? leadRecipient(fleet.id)
  const isTheirs =
    isLeadOf(caller, fleet) ||
    message.from_agent_id === recipient ||
    (await deliveriesOf(db, message.seq)).some((each) => each.recipient === recipient)
  if (isTheirs) return { message, fleet }
  throw notTheirs(messageId)
}

export const notTheirs = (messageId: string) =>
  new MeshError(
    "NOT_A_RECIPIENT",
    `Message ${messageId} was not sent to you.`,
    "Ask its recipient for it.",
  )

/** A recipient as it is shown: the lead of a message's fleet needs no fleet. */
export const shownRecipient = (recipient: string, fleetId: string) =>
  recipient === leadRecipient(fleetId) ? leadName : recipient
