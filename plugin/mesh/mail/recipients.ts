import { type Actor, refuseEnded, requireAgent } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import { MeshError } from "../model/errors.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query } from "../ledger/port.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { everyone, leadName, leadRecipient, type MessageType } from "../model/message.ts"

export interface Recipient {
  id: string
  shown: string
  wake: boolean
}

/** Who gets a message, fixed when it is sent. Nobody is an error. */
export const recipientsOf = async (
  db: Query,
  fleet: FleetRow,
  sender: Actor | undefined,
  draft: { to_agent_id: string; type: MessageType; wake?: boolean | undefined },
): Promise<Recipient[]> => {
  const lead = { id: leadRecipient(fleet.id), shown: leadName, wake: draft.wake ?? true }
  if (draft.to_agent_id === everyone) {
    const others = (await agentsOfFleet(db, fleet.id))
      .filter((agent) => agent.id !== sender?.id && agent.status !== "cancelled")
      .map((agent) => ({
        id: agent.id,
        shown: agent.id,
        // Ended agents read it when something else wakes them, unless the sender asks for more.
        wake: draft.wake ?? !isEnded(agent.status),
      }))
    const hearsAll = draft.type === "alert" || draft.type === "request_help"
    const all = sender && hearsAll ? [...others, lead] : others
    if (all.length > 0) return all
    throw new MeshError(
      "NO_RECIPIENTS",
      `Fleet ${fleet.id} has nobody else to receive a broadcast.`,
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
  const agent = await requireAgent(db, fleet.id, draft.to_agent_id)
  refuseEnded(agent)
  if (agent.id === sender?.id)
    throw new MeshError(
      "NO_RECIPIENTS",
      `"${agent.name}" cannot write to itself.`,
      "Name another agent, lead, or *.",
    )
  return [{ id: agent.id, shown: agent.id, wake: draft.wake ?? true }]
}
