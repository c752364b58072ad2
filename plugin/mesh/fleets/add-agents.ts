import { mapInOrder } from "../model/in-order.ts"
import { nameFromRole, uniqueName } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import type { AgentDraft } from "./fleet-draft.ts"
import { agentsOfFleet, insertAgent } from "../ledger/tables/agents.ts"
import { noteBounds } from "../ledger/tables/bounds.ts"
import { registerCapability } from "../ledger/tables/capabilities.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { reservedNames } from "../model/message.ts"
import type { PreparedAgent } from "./prepare-agents.ts"
import { noteWorktree } from "../worktrees/worktree-drafts.ts"
import type { Worktrees } from "../worktrees/worktrees.ts"

export interface AddingDeps {
  worktrees: Pick<Worktrees, "place">
  limits: { agentsPerFleet: number }
}

/** Queues agents behind those a fleet has. All of them or none: a limit or a taken name throws. */
export const addAgents = async (
  tx: Tx,
  { worktrees, limits }: AddingDeps,
  fleet: { id: string; lead_model: string | null },
  prepared: readonly PreparedAgent[],
  /** Who brings them: they never get more rights. */
  { rights, member }: Pick<Caller, "rights" | "member">,
) => {
  const present = await agentsOfFleet(tx, fleet.id)
  if (present.length + prepared.length > limits.agentsPerFleet)
    throw new MeshError(
      "LIMIT_REACHED",
      `Fleet ${fleet.id} would have ${present.length + prepared.length} agents; the limit is ${limits.agentsPerFleet}.`,
      "Spawn a second fleet, or give each agent more to do.",
    )
  const names = chooseNames(
    present,
    prepared.map(({ draft }) => draft),
  )
  return await mapInOrder(prepared, async (each, index) => {
    const { draft, agent, skills, directory, origin } = each
    const name = names[index]!
    const id = tx.newId.agent(nameFromRole(name))
    const tree =
      origin && (await noteWorktree(tx, worktrees, { id, fleet_id: fleet.id }, origin, !!member))
    await insertAgent(tx, {
      id,
      fleet_id: fleet.id,
      position: present.length + index,
      name,
      role: draft.role,
      agent,
      model: draft.model ?? fleet.lead_model,
      prompt: draft.prompt,
      directory: tree?.directory ?? directory,
      budget: draft.budget ? JSON.stringify(draft.budget) : null,
      also_called: each.names.length > 0 ? JSON.stringify(each.names) : null,
      awaits_mail_at: draft.waits ? tx.at : null,
      created_at: tx.at,
    })
    if (rights) await noteBounds(tx, id, JSON.stringify(rights.rules))
    await registerCapability(tx, {
      agent_id: id,
      role: draft.role,
      fleet_id: fleet.id,
      skills: JSON.stringify(skills),
      model: draft.model ?? fleet.lead_model,
      context_window: null,
      registered_at: tx.at,
    })
    await appendEvent(tx, {
      type: "agent.queued",
      fleetId: fleet.id,
      agentId: id,
      data: { name, role: draft.role, agent, ...(draft.waits && { waits: true }) },
    })
    return {
      agent_id: id,
      name,
      role: draft.role,
      agent,
      status: "queued" as const,
      ...(tree && { branch: tree.branch }),
    }
  })
}

/** Chosen names first, so that none made from a role takes one of them. */
const chooseNames = (
  present: readonly Pick<AgentRow, "name">[],
  drafts: readonly Pick<AgentDraft, "name" | "role">[],
): string[] => {
  const taken = new Set([...present.map((agent) => agent.name), ...reservedNames])
  const explicit = drafts.map((draft) => draft.name).filter((name) => name !== undefined)
  for (const [index, name] of explicit.entries())
    if (taken.has(name) || explicit.indexOf(name) !== index)
      throw new MeshError(
        "NAME_TAKEN",
        `The name "${name}" is taken in this fleet.`,
        "Choose another name, or leave it out to have one made from the role.",
      )
  for (const name of explicit) taken.add(name)
  return drafts.map((draft) => {
    const name = draft.name ?? uniqueName(nameFromRole(draft.role), taken)
    taken.add(name)
    return name
  })
}
