import { agentsOfFleet } from "../../mesh/ledger/agents.ts"
import { appendEvent } from "../../mesh/ledger/events.ts"
import { fleetById } from "../../mesh/ledger/fleets.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, FleetRow, HostRow } from "../../mesh/ledger/rows.ts"
import { claimSession } from "../../mesh/ledger/sessions.ts"
import { worktreeOf } from "../../mesh/ledger/worktrees.ts"
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
  now: () => number
}

/**
 * Takes a session over and marks its agent running. Returns the system text of the attempt, or
 * undefined when the agent is not this host's any more.
 */
export const claimMember = (
  { host, self, ledger, now }: ClaimDeps,
  agent: AgentRow,
  sessionId: string,
  project: string,
) =>
  ledger.transact((db) => {
    const at = now()
    const { changes: mine } = db.run(
      `UPDATE agents SET status = 'running', session_id = ?, activity = 'thinking', activity_at = ?
       WHERE id = ? AND host_id = ? AND generation = ? AND status = 'starting'`,
      sessionId,
      at,
      agent.id,
      host.id,
      agent.generation,
    )
    if (mine === 0) return undefined
    claimSession(db, { id: sessionId, project, agent_id: agent.id, ...self, updated_at: at })
    const peers = agentsOfFleet(db, agent.fleet_id).filter((peer) => peer.id !== agent.id)
    const tree = worktreeOf(db, agent.id)
    const fresh = [
      renderMemberSystem(agent, fleetById(db, agent.fleet_id)!, peers),
      ...(tree ? [worktreeSystem(tree.branch)] : []),
    ].join("\n")
    db.run(
      `UPDATE attempts SET session_id = ?, host_id = ?, system_text = COALESCE(system_text, ?)
       WHERE agent_id = ? AND attempt = ?`,
      sessionId,
      host.id,
      fresh,
      agent.id,
      agent.attempts,
    )
    appendEvent(db, at, {
      type: "agent.running",
      fleetId: agent.fleet_id,
      agentId: agent.id,
      data: { session_id: sessionId, pid: self.pid, attempt: agent.attempts },
    })
    return db.get<{ system_text: string }>(
      "SELECT system_text FROM attempts WHERE agent_id = ? AND attempt = ?",
      agent.id,
      agent.attempts,
    )!.system_text
  })
