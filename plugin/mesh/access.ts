import { filterInOrder, everyInOrder, someInOrder } from "./model/in-order.ts"
import type { Caller } from "./model/caller.ts"
import { MeshError } from "./model/errors.ts"
import { agentsOfFleet } from "./ledger/tables/agents.ts"
import { agentsCalled, findAgent } from "./ledger/tables/agents-by-name.ts"
import type { Query, Tx } from "./ledger/port.ts"
import { appendEvent } from "./ledger/tables/events.ts"
import {
  fleetById,
  fleetsOfLead,
  fleetsOfProject,
  passLead,
  setLeadRules,
} from "./ledger/tables/fleets.ts"
import { redirectDeliveries } from "./ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "./ledger/tables/rows.ts"
import { sessionById } from "./ledger/tables/sessions.ts"
import { leadName, leadRecipient } from "./model/message.ts"
import type { Rule } from "./model/permission-rules.ts"

export type IsAlive = (process: { pid: number; process_start: string }) => boolean

export const isInReach = (caller: Caller, fleet: FleetRow) =>
  fleet.project === caller.project || caller.member?.fleetId === fleet.id

/** Fleets of other projects do not exist for a caller. */
export const requireFleet = async (
  db: Query,
  caller: Caller,
  fleetId: string,
): Promise<FleetRow> => {
  const fleet = await fleetById(db, fleetId)
  if (fleet && isInReach(caller, fleet)) return fleet
  throw new MeshError(
    "UNKNOWN_FLEET",
    `No fleet "${fleetId}" in this project.`,
    "Call list_fleets to see the fleets of this project; what ended long ago was pruned.",
  )
}

export const isLeadOf = (caller: Caller, fleet: FleetRow) =>
  caller.human || (!caller.member && !caller.delegated && fleet.lead_session === caller.sessionId)

/** As far back as a person's fleets are searched for a name. */
const mostFleets = 200

/** Oldest first. A person leads every fleet of the project, whichever session spawned it. */
export const fleetsLedBy = async (db: Query, caller: Caller): Promise<FleetRow[]> =>
  caller.human
    ? (await fleetsOfProject(db, caller.project, null, mostFleets)).toReversed()
    : await fleetsOfLead(db, caller.sessionId)

/** A sub-session of the lead may send in its name, though it may not act for it. */
export const speaksAsLead = (caller: Caller, fleet: FleetRow) =>
  isLeadOf(caller, fleet) || (!caller.member && fleet.lead_session === caller.sessionId)

/**
 * Acting as lead needs the lead's session, or a top-level session of the project once nobody alive
 * owns the lead's: that session then adopts the fleet. Call it inside the transaction of the act.
 */
export const requireLead = async (
  tx: Tx,
  caller: Caller,
  fleet: FleetRow,
  isAlive: IsAlive,
): Promise<void> => {
  refuseReader(caller)
  if (isLeadOf(caller, fleet)) return noteLeadRules(tx, caller, fleet)
  if (caller.member || caller.delegated)
    throw new MeshError(
      "NOT_THE_LEAD",
      `Only the lead of ${fleet.id} may do this.`,
      'Ask it with send_message to "lead", type request_help.',
    )
  const owner = await sessionById(tx, fleet.lead_session)
  if (owner && isAlive(owner))
    throw new MeshError(
      "NOT_THE_LEAD",
      `Fleet ${fleet.id} has a lead in another OpenCode session that is still open.`,
      "Do this in that session, or close it first; fleet_status and collect_results work here too.",
    )
  if (!(await passLead(tx, fleet, caller.sessionId)))
    return requireLead(tx, caller, await requireFleet(tx, caller, fleet.id), isAlive)
  await redirectDeliveries(tx, leadRecipient(fleet.id))
  await appendEvent(tx, {
    type: "fleet.adopted",
    fleetId: fleet.id,
    data: { from: fleet.lead_session, by: caller.sessionId },
  })
  await noteLeadRules(tx, caller, fleet)
}

/** Its agents are bound by what the lead may now; a person in a terminal bounds nobody. */
const noteLeadRules = async (tx: Tx, { rights, agent }: Caller, fleet: FleetRow) => {
  if (rights) await bindFleet(tx, fleet, rights.rules, agent)
}

/** From its agents' next turns on the lead's rules are these. */
export const bindFleet = async (
  tx: Tx,
  fleet: Pick<FleetRow, "id" | "lead_rules">,
  rules: readonly Rule[],
  agent: string | undefined,
) => {
  if (!(await setLeadRules(tx, fleet.id, JSON.stringify(rules)))) return
  await appendEvent(tx, { type: "fleet.bound", fleetId: fleet.id, data: { agent: agent ?? null } })
}

/** The one agent of a fleet that is called so: by id, name, specialist or role. */
export const requireAgent = async (
  db: Query,
  fleetId: string,
  called: string,
): Promise<AgentRow> => {
  const agents = await agentsCalled(db, fleetId, called)
  if (agents.length === 1) return agents[0]!
  if (agents.length > 1)
    throw new MeshError(
      "UNKNOWN_AGENT",
      `"${called}" fits several agents of fleet ${fleetId}: ${describeAgents(agents)}.`,
      "Name one of them by its name or id.",
    )
  throw new MeshError(
    "UNKNOWN_AGENT",
    `No agent of fleet ${fleetId} is called "${called}"; it has ${describeAgents(await agentsOfFleet(db, fleetId)) || "none"}.`,
    'Name one of these, or "lead". A specialist that is not in the fleet joins it by attach_agent.',
  )
}

const describeAgents = (agents: readonly AgentRow[]) =>
  agents
    .slice(0, 20)
    .map(({ name, agent, also_called }) =>
      also_called === null || agent === name ? name : `${name} (${agent})`,
    )
    .join(", ")

/** Each once, however often and by whichever name it is asked for. */
export const requireAgents = async (db: Query, fleetId: string, idsOrNames: readonly string[]) => {
  const agents = new Map<string, AgentRow>()
  for (const each of idsOrNames) {
    const agent = await requireAgent(db, fleetId, each)
    agents.set(agent.id, agent)
  }
  return [...agents.values()]
}

/** The fleet of a call: the one it names, else the one it can only mean. */
export const fleetMeant = async (
  db: Query,
  caller: Caller,
  fleetId: string | undefined,
  names: readonly string[] = [],
): Promise<FleetRow> =>
  fleetId === undefined ? impliedFleet(db, caller, names) : requireFleet(db, caller, fleetId)

/** The fleet meant when a call names none: a member's own, else the only one that fits. */
export const impliedFleet = async (
  db: Query,
  caller: Caller,
  names: readonly string[],
): Promise<FleetRow> => {
  if (caller.member) return requireFleet(db, caller, caller.member.fleetId)
  const own = await fleetsLedBy(db, caller)
  const isThere = async (fleet: FleetRow, name: string) =>
    name === leadName || name === "*" || (await agentsCalled(db, fleet.id, name)).length > 0
  const having = await filterInOrder(own, (fleet) =>
    everyInOrder(names, (name) => isThere(fleet, name)),
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
      if (name !== leadName && name !== "*") await requireAgent(db, fleet.id, name)
    return fleet
  }
  throw new MeshError(
    "NO_FLEET",
    `This session leads ${candidates.length} fleets that fit: ${candidates.map((f) => f.id).join(", ")}.`,
    "Name one of them in fleet_id.",
  )
}

/** Who an act is of: what a session knows of its own agent without asking the ledger. */
export type Actor = Pick<AgentRow, "id" | "name">

/**
 * The agent a call acts as. Ids in arguments grant nothing: a member is itself; the lead may act for
 * an agent of its own fleet; anything else, existing or not, is refused alike.
 */
export const actingAs = async (
  db: Query,
  caller: Caller,
  fleet: FleetRow | undefined,
  claimed: string | undefined,
): Promise<{ agent?: Actor; viaLead: boolean }> => {
  if (caller.member) {
    const self = { id: caller.member.agentId, name: caller.member.name }
    if (claimed !== undefined && claimed !== self.id && claimed !== self.name) throw notYou(claimed)
    return { agent: self, viaLead: false }
  }
  if (claimed === undefined || claimed === leadName) return { viaLead: false }
  if (!fleet || !isLeadOf(caller, fleet) || caller.delegated) throw notYou(claimed)
  const agent = await findAgent(db, fleet.id, claimed)
  if (!agent) throw notYou(claimed)
  return { agent, viaLead: true }
}

/** A claim that no fleet can make good is refused before any fleet is looked for. */
export const refuseOtherIdentity = async (
  db: Query,
  caller: Caller,
  claimed: string | undefined,
) => {
  if (claimed === undefined) return
  if (caller.member) return void (await actingAs(db, caller, undefined, claimed))
  if (claimed === leadName || caller.human) return
  const isMine = await someInOrder(await fleetsOfLead(db, caller.sessionId), (fleet) =>
    findAgent(db, fleet.id, claimed),
  )
  if (!isMine || caller.delegated) throw notYou(claimed)
}

const notYou = (claimed: string) =>
  new MeshError(
    "NOT_YOUR_IDENTITY",
    `"${claimed}" is neither you nor an agent of a fleet you lead.`,
    "Leave the field out; your session says who you are.",
  )

/** Who speaks in a session that is not its own to speak in changes nothing. */
export const refuseReader = ({ readsOnly }: Caller) => {
  if (readsOnly !== undefined)
    throw new MeshError(
      "NOT_ALLOWED",
      `This session may only read here: ${readsOnly}`,
      "Read with list_fleets, fleet_status and collect_results; do the rest in the session itself.",
    )
}

/** Sub-sessions speak for their parent, but do not act for it. */
export const refuseDelegated = (caller: Caller, act: string) => {
  refuseReader(caller)
  if (caller.delegated)
    throw new MeshError(
      "NOT_ALLOWED",
      `A sub-session may read and send, but not ${act}.`,
      "Return to the session that started you and do it there.",
    )
}

/** Some things are the user's alone, whatever a model has been told. */
export const requirePerson = (caller: Caller, act: string) => {
  if (!caller.human)
    throw new MeshError(
      "NOT_ALLOWED",
      `Only a person may ${act}.`,
      "Tell the user what is being asked; meshfleet questions lists it in a terminal.",
    )
}

export const refuseEnded = (agent: Pick<AgentRow, "name" | "status" | "stop_reason">) => {
  if (agent.status === "cancelled")
    throw new MeshError(
      "AGENT_ENDED",
      `Agent "${agent.name}" was cancelled${agent.stop_reason ? `: ${agent.stop_reason}` : "."}`,
      "Use attach_agent for a new one.",
    )
}
