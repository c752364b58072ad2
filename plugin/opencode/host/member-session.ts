import { agentsOfFleet, moveToRunning } from "../../mesh/ledger/tables/agents.ts"
import { enterSession } from "../../mesh/ledger/tables/attempts.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, FleetRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import { claimSession } from "../../mesh/ledger/tables/sessions.ts"
import { worktreeOf } from "../../mesh/ledger/tables/worktrees.ts"
import { boundByLead, type Rule } from "../../mesh/model/permission-rules.ts"
import { renderMemberSystem, worktreeSystem } from "../../mesh/prompts.ts"
import type { ProcessIdentity } from "../../system/processes.ts"
import type { Sessions } from "../runtime/sessions.ts"

/** A session for an agent, bound by what its lead may do, below the lead's in OpenCode's own view. */
export const createMemberSession = async (
  sessions: Sessions,
  agent: AgentRow,
  { lead_session, lead_rules }: FleetRow,
): Promise<string> => {
  const known = await sessions.agents(agent.directory)
  const own = known.find((each) => each.name === agent.agent)
  if (agent.agent !== null && !own) throw new Error(`this host knows no agent "${agent.agent}"`)
  const rules = boundByLead(JSON.parse(lead_rules) as Rule[], own?.permission ?? [])
  return sessions.create({
    directory: agent.directory,
    title: `${agent.name}: ${agent.role}`,
    parentId: lead_session.startsWith("ses") ? lead_session : undefined,
    rules,
  })
}

interface ClaimDeps {
  host: HostRow
  self: ProcessIdentity
  ledger: Ledger
}

/**
 * Takes a session over and marks its agent running. Returns the system text of the attempt, or
 * undefined when the agent is not this host's any more.
 */
export const claimMember = (
  { host, self, ledger }: ClaimDeps,
  agent: AgentRow,
  sessionId: string,
  project: string,
) =>
  ledger.transact(async (tx) => {
    if (!(await moveToRunning(tx, agent, { hostId: host.id, sessionId }))) return undefined
    await claimSession(tx, {
      id: sessionId,
      project,
      agent_id: agent.id,
      ...self,
      updated_at: tx.at,
    })
    const peers = (await agentsOfFleet(tx, agent.fleet_id)).filter((peer) => peer.id !== agent.id)
    const tree = await worktreeOf(tx, agent.id)
    const fresh = [
      renderMemberSystem(agent, (await fleetById(tx, agent.fleet_id))!, peers),
      ...(tree ? [worktreeSystem(tree.branch)] : []),
    ].join("\n")
    const systemText = await enterSession(tx, agent, {
      sessionId,
      hostId: host.id,
      systemText: fresh,
    })
    await appendEvent(tx, {
      type: "agent.running",
      fleetId: agent.fleet_id,
      agentId: agent.id,
      data: { session_id: sessionId, pid: self.pid, attempt: agent.attempts },
    })
    return systemText
  })
