import {
  type Actor,
  actingAs,
  impliedFleet,
  type IsAlive,
  isLeadOf,
  refuseOtherIdentity,
  requireFleet,
  requireLead,
  speaksAsLead,
} from "../access.ts"
import type { Tx } from "../ledger/port.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"

/** In whose name a message goes, and in which fleet; without an agent it is the lead's. */
export interface Sender {
  fleetId: string
  agent?: Actor
  viaLead: boolean
}

/** What a call says of its sender. */
interface Claims {
  to_agent_id: string
  fleet_id?: string | undefined
  from_agent_id?: string | undefined
}

/**
 * A member that writes as itself in its own fleet, which is nearly all mail: its session has said who
 * it is, so nothing is looked up. Undefined where there is more to be asked.
 */
export const memberSender = ({ member }: Caller, claims: Claims): Sender | undefined => {
  if (!member) return undefined
  const { agentId: id, name, fleetId } = member
  const isItself = [undefined, id, name].includes(claims.from_agent_id)
  const isItsFleet = claims.fleet_id === undefined || claims.fleet_id === fleetId
  return isItself && isItsFleet ? { fleetId, agent: { id, name }, viaLead: false } : undefined
}

export const requireSender = async (
  tx: Tx,
  caller: Caller,
  claims: Claims,
  isAlive: IsAlive,
): Promise<Sender> => {
  const fleet = await fleetOf(tx, caller, claims)
  const sender = await actingAs(tx, caller, fleet, claims.from_agent_id)
  // The lead itself is asked too: what it may do now binds whoever wakes for its message.
  if (!caller.member && (isLeadOf(caller, fleet) || !speaksAsLead(caller, fleet)))
    await requireLead(tx, caller, fleet, isAlive)
  return { fleetId: fleet.id, ...sender }
}

const fleetOf = async (tx: Tx, caller: Caller, claims: Claims) => {
  await refuseOtherIdentity(tx, caller, claims.from_agent_id)
  if (claims.fleet_id === undefined)
    return impliedFleet(
      tx,
      caller,
      [claims.to_agent_id, claims.from_agent_id].filter((name) => name !== undefined),
    )
  const fleet = await requireFleet(tx, caller, claims.fleet_id)
  if (caller.member && caller.member.fleetId !== fleet.id)
    throw new MeshError(
      "NOT_ALLOWED",
      `You are in fleet ${caller.member.fleetId}, not in ${fleet.id}.`,
      "Leave fleet_id out to reach your own fleet.",
    )
  return fleet
}
