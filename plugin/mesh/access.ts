import type { Caller } from "./model/caller.ts"
import { MeshError } from "./model/errors.ts"
import { agentById, agentsOfFleet, findAgent } from "./ledger/agents.ts"
import type { Query, Tx } from "./ledger/port.ts"
import { appendEvent } from "./ledger/events.ts"
import { fleetById, fleetsOfLead, fleetsOfProject, passLead } from "./ledger/fleets.ts"
import { redirectDeliveries } from "./ledger/messages.ts"
import type { AgentRow, FleetRow } from "./ledger/rows.ts"
import { sessionById } from "./ledger/sessions.ts"
import { leadName, leadRecipient } from "./model/message.ts"

export type IsAlive = (process: { pid: number; process_start: string }) => boolean

export const isInReach = (caller: Caller, fleet: FleetRow) =>
  fleet.project === caller.project || caller.member?.fleetId === fleet.id

/** Fleets of other projects do not exist for a caller. */
export const requireFleet = (db: Query, caller: Caller, fleetId: string): FleetRow => {
  const fleet = fleetById(db, fleetId)
  if (fleet && isInReach(caller, fleet)) return fleet
  throw new MeshError(
    "UNKNOWN_FLEET",
    `No fleet "${fleetId}" in this project.`,
    "Call list_fleets to see the fleets of this project.",
  )
}

export const isLeadOf = (caller: Caller, fleet: FleetRow) =>
  caller.human || (!caller.member && !caller.delegated && fleet.lead_session === caller.sessionId)

/** As far back as a person's fleets are searched for a name. */
const mostFleets = 200

/** Oldest first. A person leads every fleet of the project, whichever session spawned it. */
export const fleetsLedBy = (db: Query, caller: Caller): FleetRow[] =>
  caller.human
    ? fleetsOfProject(db, caller.project, null, mostFleets).toReversed()
    : fleetsOfLead(db, caller.sessionId)

/** A sub-session of the lead may send in its name, though it may not act for it. */
export const speaksAsLead = (caller: Caller, fleet: FleetRow) =>
  isLeadOf(caller, fleet) || (!caller.member && fleet.lead_session === caller.sessionId)

/**
 * Acting as lead needs the lead's session, or a top-level session of the project once nobody alive
 * owns the lead's: that session then adopts the fleet. Call it inside the transaction of the act.
 */
export const requireLead = (tx: Tx, caller: Caller, fleet: FleetRow, isAlive: IsAlive): void => {
  if (isLeadOf(caller, fleet)) return
  if (caller.member || caller.delegated)
    throw new MeshError(
      "NOT_THE_LEAD",
      `Only the lead of ${fleet.id} may do this.`,
      'Ask it with send_message to "lead", type request_help.',
    )
  const owner = sessionById(tx, fleet.lead_session)
  if (owner && isAlive(owner))
    throw new MeshError(
      "NOT_THE_LEAD",
      `Fleet ${fleet.id} has a lead in another OpenCode session that is still open.`,
      "Do this in that session, or close it first; reading with fleet_status and collect_results works here.",
    )
  if (!passLead(tx, fleet, caller.sessionId))
    return requireLead(tx, caller, requireFleet(tx, caller, fleet.id), isAlive)
  redirectDeliveries(tx, leadRecipient(fleet.id))
  appendEvent(tx, {
    type: "fleet.adopted",
    fleetId: fleet.id,
    data: { from: fleet.lead_session, by: caller.sessionId },
  })
}

export const requireAgent = (db: Query, fleetId: string, idOrName: string): AgentRow => {
  const agent = findAgent(db, fleetId, idOrName)
  if (agent) return agent
  const names = agentsOfFleet(db, fleetId).map((each) => each.name)
  throw new MeshError(
    "UNKNOWN_AGENT",
    `No agent "${idOrName}" in fleet ${fleetId}; it has ${names.slice(0, 20).join(", ") || "none"}.`,
    "Call fleet_status to see the agents of this fleet.",
  )
}

/** The fleet meant when a call names none: a member's own, else the only one that fits. */
export const impliedFleet = (db: Query, caller: Caller, names: readonly string[]): FleetRow => {
  if (caller.member) return requireFleet(db, caller, caller.member.fleetId)
  const own = fleetsLedBy(db, caller)
  const having = own.filter((fleet) =>
    names.every((name) => name === leadName || name === "*" || findAgent(db, fleet.id, name)),
  )
  const running = having.filter((fleet) => fleet.status === "running")
  const candidates = running.length > 0 ? running : having
  if (candidates.length === 1) return candidates[0]!
  if (own.length === 0)
    throw new MeshError(
      "NO_FLEET",
      "This session leads no fleet.",
      "Call spawn_fleet first, or name a fleet_id from list_fleets.",
    )
  if (candidates.length === 0) {
    // With one fleet the error can be about the name rather than about the fleet.
    const fleet = own.at(-1)!
    for (const name of names)
      if (name !== leadName && name !== "*") requireAgent(db, fleet.id, name)
    return fleet
  }
  throw new MeshError(
    "NO_FLEET",
    `This session leads ${candidates.length} fleets that fit: ${candidates.map((f) => f.id).join(", ")}.`,
    "Name one of them in fleet_id.",
  )
}

/**
 * The agent a call acts as. Ids in arguments grant nothing: a member is itself; the lead may act for
 * an agent of its own fleet; anything else, existing or not, is refused alike.
 */
export const actingAs = (
  db: Query,
  caller: Caller,
  fleet: FleetRow | undefined,
  claimed: string | undefined,
): { agent?: AgentRow; viaLead: boolean } => {
  if (caller.member) {
    const self = agentById(db, caller.member.agentId)!
    if (claimed !== undefined && claimed !== self.id && claimed !== self.name) throw notYou(claimed)
    return { agent: self, viaLead: false }
  }
  if (claimed === undefined || claimed === leadName) return { viaLead: false }
  if (!fleet || !isLeadOf(caller, fleet) || caller.delegated) throw notYou(claimed)
  const agent = findAgent(db, fleet.id, claimed)
  if (!agent) throw notYou(claimed)
  return { agent, viaLead: true }
}

/** A claim that no fleet can make good is refused before any fleet is looked for. */
export const refuseOtherIdentity = (db: Query, caller: Caller, claimed: string | undefined) => {
  if (caller.member) return void actingAs(db, caller, undefined, claimed)
  if (claimed === undefined || claimed === leadName || caller.human) return
  const isMine = fleetsOfLead(db, caller.sessionId).some((fleet) =>
    findAgent(db, fleet.id, claimed),
  )
  if (!isMine || caller.delegated) throw notYou(claimed)
}

const notYou = (claimed: string) =>
  new MeshError(
    "NOT_YOUR_IDENTITY",
    `"${claimed}" is not you, nor an agent of a fleet you lead.`,
    "Leave the field out: who you are comes from your session.",
  )

/** Sub-sessions speak for their parent, but do not act for it. */
export const refuseDelegated = (caller: Caller, act: string) => {
  if (caller.delegated)
    throw new MeshError(
      "NOT_ALLOWED",
      `A sub-session may read and send, but not ${act}.`,
      "Return to the session that started you and do it there.",
    )
}

export const refuseEnded = (agent: AgentRow) => {
  if (agent.status === "cancelled")
    throw new MeshError(
      "AGENT_ENDED",
      `Agent "${agent.name}" was cancelled${agent.stop_reason ? `: ${agent.stop_reason}` : "."}`,
      "Use attach_agent for a new one.",
    )
}
