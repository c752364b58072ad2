import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { liftCap, markCapped } from "../ledger/tables/fleets.ts"
import type { WakeCaps } from "../model/config.ts"
import { notifyLead } from "./notices.ts"

/** In words for whoever is held by it: an exchange is a message and its answer. */
export const describeExchanges = ({ replies }: WakeCaps) =>
  `${replies / 2} exchanges in which nobody did anything else`

/** A fleet whose agents talk in circles: its lead is told once, until a person takes the cap off. */
export const tellCapped = async (
  tx: Tx,
  fleetId: string,
  { held, detail, caps }: { held: string; detail: string; caps: WakeCaps },
) => {
  if (!(await markCapped(tx, fleetId))) return
  await notifyLead(
    tx,
    fleetId,
    `Fleet ${fleetId} reached ${detail}: ${held}. You are told this once. Whoever does some work first is heard again. If agents talk in circles, stop them or give them work; your user's next prompt takes the cap off.`,
    "request",
    { autoReplies: Math.max(0, caps.replies - 1) },
  )
}

/** A person looks after the fleet: what its members may wake each other for is counted anew. */
export const liftCaps = async (tx: Tx, fleetId: string) => {
  if (await liftCap(tx, fleetId)) await appendEvent(tx, { type: "fleet.cap_lifted", fleetId })
}
