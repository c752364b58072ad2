import { type Actor, refuseEnded, requireAgent } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import { MeshError } from "../model/errors.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { findAddressee } from "../ledger/tables/agents-by-name.ts"
import type { Query } from "../ledger/port.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { isWaitingToBegin } from "./mail-wait.ts"
import { everyone, leadName, leadRecipient, type MessageType } from "../model/message.ts"

export interface Recipient {
  id: string
  shown: string
  wake: boolean
  /** It has waited for this to begin. */
  begins: boolean
  /** When it reads this, in the sender's words; for one agent that is named. */
  reads?: string
}

/** A sender that waits for an answer has to know whether somebody is there to give it. */
const whenRead = ({ status }: Pick<AgentRow, "status">, wake: boolean) => {
  if (isEnded(status)) return wake ? "at once: this wakes it" : "when something else wakes it"
  return status === "running" ? "before its next step" : "when it begins"
}

/** Who gets a message, fixed when it is sent. Nobody is an error. */
export const recipientsOf = async (
  db: Query,
  fleetId: string,
  sender: Actor | undefined,
  draft: { to_agent_id: string; type: MessageType; wake?: boolean | undefined },
): Promise<Recipient[]> => {
  const lead = {
    id: leadRecipient(fleetId),
    shown: leadName,
    wake: draft.wake ?? true,
    begins: false,
  }
  if (draft.to_agent_id === everyone) {
    const callsForHelp = draft.type === "request_help"
    const others = (await agentsOfFleet(db, fleetId))
      .filter((agent) => agent.id !== sender?.id && agent.status !== "cancelled")
      .map((agent) => ({
        id: agent.id,
        shown: agent.id,
        // Those that have ended, or not begun, read it when something else starts them, unless the
        // sender asks for more. Who waits to begin may be the one who can help.
        wake: draft.wake ?? !(isEnded(agent.status) || (isWaitingToBegin(agent) && !callsForHelp)),
        begins: (draft.wake ?? callsForHelp) && isWaitingToBegin(agent),
      }))
    const hearsAll = draft.type === "alert" || draft.type === "request_help"
    const all = sender && hearsAll ? [...others, lead] : others
    if (all.length > 0) return all
    throw new MeshError(
      "NO_RECIPIENTS",
      `Fleet ${fleetId} has nobody else to receive a broadcast.`,
      'Send to "lead", or attach an agent first.',
    )
  }
  if (draft.to_agent_id === leadName) {
    if (sender) return [lead]
    throw new MeshError(
      "NO_RECIPIENTS",
      "You are the lead: a message to yourself goes nowhere.",
      "Name an agent of the fleet, or * for all of them.",
    )
  }
  const agent =
    (await findAddressee(db, fleetId, draft.to_agent_id)) ??
    (await requireAgent(db, fleetId, draft.to_agent_id))
  refuseEnded(agent)
  if (agent.id === sender?.id)
    throw new MeshError(
      "NO_RECIPIENTS",
      `"${agent.name}" cannot write to itself.`,
      "Name another agent, lead, or *.",
    )
  const wake = draft.wake ?? true
  const begins = wake && isWaitingToBegin(agent)
  return [{ id: agent.id, shown: agent.id, wake, begins, reads: whenRead(agent, wake) }]
}
