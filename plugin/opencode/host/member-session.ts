import { agentsOfFleet, moveToRunning } from "../../mesh/ledger/tables/agents.ts"
import type { Query } from "../../mesh/ledger/port.ts"
import { boundsOf } from "../../mesh/ledger/tables/bounds.ts"
import { enterSession } from "../../mesh/ledger/tables/attempts.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import { fleetById } from "../../mesh/ledger/tables/fleets.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, FleetRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import { claimSession } from "../../mesh/ledger/tables/sessions.ts"
import { worktreesOfFleet } from "../../mesh/ledger/tables/worktrees.ts"
import {
  asSubAgent,
  boundByLead,
  deniedWhole,
  type Rule,
} from "../../mesh/model/permission-rules.ts"
import { peerTreesSystem, renderMemberSystem, worktreeSystem } from "../../mesh/prompts.ts"
import { broughtInto, parseSetup } from "../../mesh/worktrees/tree-setup.ts"
import type { ProcessIdentity } from "../../system/processes.ts"
import { globalConfigDirectory } from "../../system/config-files.ts"
import { plantingRules } from "../runtime/loaded-files.ts"
import type { OpenCodeAgent, Sessions } from "../runtime/sessions.ts"
import type { Seat } from "./seat.ts"

const planting = JSON.stringify(plantingRules(globalConfigDirectory(process.env)))

/**
 * The rule sets that bind an agent at this moment: of whoever brought it, then, of its lead, now, and
 * what binds every agent.
 */
export const bindingSets = async (db: Query, agent: AgentRow): Promise<string[]> => {
  const { lead_rules } = (await fleetById(db, agent.fleet_id))!
  return [...new Set([(await boundsOf(db, agent.id)) ?? lead_rules, lead_rules, planting])]
}

/** A session for an agent, below its lead's in OpenCode's own view, that may no more than they. */
export const createMemberSession = async (
  sessions: Sessions,
  agent: AgentRow,
  { lead_session, directory }: FleetRow,
  sets: readonly string[],
): Promise<string> =>
  sessions.create({
    directory: agent.directory,
    title: `${agent.name}: ${agent.role}`,
    parentId: await parentOf(sessions, lead_session, directory),
    rules: boundBy(sets, await definitionOf(sessions, agent)),
  })

/**
 * Binds a session that is there anew, for its next turn. OpenCode only adds rules to those a session
 * has, so the earlier ones are made void by starting over from the agent's own.
 */
export const bindSession = async (
  sessions: Sessions,
  agent: AgentRow,
  { sessionId, directory }: Pick<Seat, "sessionId" | "directory">,
  sets: readonly string[],
): Promise<void> => {
  const own = await definitionOf(sessions, agent)
  const bounds = boundBy(sets, own)
  const present = await sessions.rulesOf(sessionId, directory)
  const renewed = [anything, ...own.permission, ...bounds]
  if (isSame(present, bounds) || isSame(present.slice(-renewed.length), renewed)) return
  await sessions.addRules(sessionId, directory, renewed)
  // What its task tool has started may be taken up again, and was bound when it was made.
  const denials = bounds.filter(({ action }) => action === "deny")
  if (denials.length > 0) await addBelow(sessions, sessionId, directory, denials)
}

/** A person or a shell may have spawned the fleet, and a lead's session may have been deleted. */
const parentOf = async (sessions: Sessions, leadSession: string, directory: string) =>
  leadSession.startsWith("ses") && (await sessions.find(leadSession, directory))
    ? leadSession
    : undefined

/** What OpenCode does where no rule matches. */
const anything: Rule = { permission: "*", pattern: "*", action: "ask" }

const boundBy = (sets: readonly string[], own: Definition) => {
  const bounds = asSubAgent(own)
  for (const set of sets)
    bounds.push(...boundByLead(JSON.parse(set) as Rule[], [...own.permission, ...bounds]))
  return [...bounds, ...deniedWhole(own.permission, bounds)]
}

type Definition = Pick<OpenCodeAgent, "mode" | "permission">

const definitionOf = async (sessions: Sessions, agent: AgentRow): Promise<Definition> => {
  const known = await sessions.agents(agent.directory)
  const own = known.find((each) => each.name === agent.agent)
  if (agent.agent !== null && !own) throw new Error(`this host knows no agent "${agent.agent}"`)
  return own ?? { mode: "primary", permission: [] }
}

const addBelow = async (
  sessions: Sessions,
  sessionId: string,
  directory: string,
  rules: readonly Rule[],
  depth = 0,
): Promise<void> => {
  if (depth >= mostDepth) return
  for (const child of await sessions.childrenOf(sessionId, directory)) {
    await sessions.addRules(child, directory, rules)
    await addBelow(sessions, child, directory, rules, depth + 1)
  }
}

const mostDepth = 10

const isSame = (a: readonly Rule[], b: readonly Rule[]) =>
  a.length === b.length &&
  a.every(
    ({ permission, pattern, action }, index) =>
      permission === b[index]!.permission &&
      pattern === b[index]!.pattern &&
      action === b[index]!.action,
  )

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
    const trees = await worktreesOfFleet(tx, agent.fleet_id)
    const tree = trees.find(({ agent_id }) => agent_id === agent.id)
    const fresh = [
      renderMemberSystem(agent, (await fleetById(tx, agent.fleet_id))!, peers),
      ...(tree ? [worktreeSystem(tree.branch, broughtInto(parseSetup(tree.setup)))] : []),
      ...(trees.length > (tree ? 1 : 0) ? [peerTreesSystem] : []),
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
