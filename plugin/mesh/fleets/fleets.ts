import {
  type IsAlive,
  refuseDelegated,
  requireAgent,
  requireFleet,
  requireLead,
} from "../access.ts"
import { addAgents } from "./add-agents.ts"
import { isEnded, nameFromRole } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import type { Changes } from "../ledger/changes.ts"
import type { Limits } from "../model/config.ts"
import { MeshError } from "../model/errors.ts"
import { untilHosted } from "./first-host.ts"
import type { AgentDraft, FleetDraft } from "./fleet-draft.ts"
import { summarizeFleet } from "./fleet-summary.ts"
import type { NewId } from "../model/ids.ts"
import { agentsOfFleet } from "../ledger/agents.ts"
import { appendEvent } from "../ledger/events.ts"
import {
  fleetById,
  fleetsOfProject,
  insertFleet,
  markCollected,
  setDeadline,
  settleFleet,
} from "../ledger/fleets.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { withdrawNotices } from "../ledger/messages.ts"
import type { AgentRow, StopMode } from "../ledger/rows.ts"
import { everyone } from "../model/message.ts"
import { createPreparation } from "./prepare-agents.ts"
import type { Roster } from "../model/draft-checks.ts"
import { requestStop } from "../lifecycle/stop.ts"
import { admit, type Machine } from "./admission.ts"
import { heldHosts } from "./held-hosts.ts"
import { describeLeftOut, hasTreesOnly } from "../worktrees/worktree-drafts.ts"
import type { Worktrees } from "../worktrees/worktrees.ts"

export interface FleetsDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  newId: NewId
  isAlive: IsAlive
  roster: Roster
  worktrees: Pick<Worktrees, "locate" | "place">
  limits: Limits
  machine: () => Machine
  /** The OpenCode binary this fleet's hosts run. */
  opencode: string
  /** This process was started by an agent of a fleet: the depth of spawning is one. */
  isInsideAgent: boolean
  /** Starts supervising here if nobody does. */
  supervise: (fleetId: string) => void
}

export const createFleets = (deps: FleetsDeps) => {
  const { ledger, changes, now, newId, isAlive, roster, limits } = deps

  const prepare = createPreparation(deps)
  const statusIn = (agents: readonly AgentRow[], id: string) =>
    agents.find((agent) => agent.id === id)?.status ?? "queued"

  return {
    async spawn(caller: Caller, draft: FleetDraft, signal?: AbortSignal) {
      refuseDelegated(caller, "spawn a fleet")
      if (caller.member || deps.isInsideAgent)
        throw new MeshError(
          "NOT_ALLOWED",
          "Members of a fleet, and what they start, do not spawn fleets.",
          "Use attach_agent to bring one more agent into your own fleet.",
        )
      const prepared = await prepare(caller, caller.directory, draft.agents, draft.worktree)
      const rules = await roster.leadRules(caller)
      const admission = admit(
        draft.isolation ?? limits.isolation,
        deps.machine(),
        draft.max_parallel ?? limits.maxParallel,
        ledger.read((db) => heldHosts(db, isAlive)),
      )
      const id = newId.fleet()
      const agents = await ledger.transact((tx) => {
        const running = fleetsOfProject(tx, caller.project, "running", limits.fleetsAtOnce)
        if (running.length >= limits.fleetsAtOnce)
          throw new MeshError(
            "LIMIT_REACHED",
            `${running.length} fleets are running in this project; the limit is ${limits.fleetsAtOnce}.`,
            "Collect or stop one of them first (list_fleets).",
          )
        const fleet = {
          id,
          name:
            draft.name ??
            nameFromRole(draft.agents.map((each) => each.role).join(" ")).slice(0, 32),
          project: caller.project,
          directory: caller.directory,
          lead_session: caller.sessionId,
          lead_agent: caller.agent ?? null,
          lead_model: caller.model ?? null,
          lead_rules: JSON.stringify(rules),
          opencode: deps.opencode,
          isolation: draft.isolation ?? limits.isolation,
          max_parallel: admission.maxParallel,
          host_limit: admission.hostLimit,
          timeout_at: draft.timeout_ms === undefined ? null : tx.at + draft.timeout_ms,
          budget: draft.budget ? JSON.stringify(draft.budget) : null,
          on_stall: draft.on_stall ?? limits.onStall,
          created_at: tx.at,
        }
        insertFleet(tx, fleet)
        appendEvent(tx, {
          type: "fleet.created",
          fleetId: id,
          data: { name: fleet.name, isolation: fleet.isolation, ...admission },
        })
        return addAgents(tx, deps, fleet, prepared)
      })
      changes.nudge()
      deps.supervise(id)
      const now_ = await untilHosted(deps, id, agents[0]!.agent_id, signal)
      return {
        fleet_id: id,
        agent_ids: agents.map((agent) => agent.agent_id),
        agents: agents.map((agent) => ({ ...agent, status: statusIn(now_, agent.agent_id) })),
        isolation: draft.isolation ?? limits.isolation,
        max_parallel: admission.maxParallel,
        ...describeLeftOut(prepared),
      }
    },

    async attach(caller: Caller, fleetId: string, draft: AgentDraft) {
      refuseDelegated(caller, "attach agents")
      const before = ledger.read((db) => ({
        ...requireFleet(db, caller, fleetId),
        treesOnly: hasTreesOnly(db, fleetId),
      }))
      if (caller.member && caller.member.fleetId !== fleetId)
        throw new MeshError(
          "NOT_THE_LEAD",
          `You are in fleet ${caller.member.fleetId}, not in ${fleetId}.`,
          "Attach to your own fleet.",
        )
      // What an agent inherits is the lead's, also when a member attaches it.
      const inherits = { ...caller, agent: before.lead_agent ?? undefined }
      const prepared = await prepare(inherits, before.directory, [draft], before.treesOnly)
      const [agent] = await ledger.transact((tx) => {
        const fleet = requireFleet(tx, caller, fleetId)
        if (!caller.member) requireLead(tx, caller, fleet, isAlive)
        const added = addAgents(tx, deps, fleet, prepared)
        settleFleet(tx, fleetId)
        return added
      })
      changes.nudge()
      deps.supervise(fleetId)
      const { agent_id, role, status, name } = agent!
      return { agent_id, fleet_id: fleetId, name, role, agent: agent!.agent, status }
    },

    list(caller: Caller, query: { status?: string | undefined; limit: number }) {
      return ledger.read((db) => ({
        fleets: fleetsOfProject(db, caller.project, query.status ?? null, query.limit).map(
          (fleet) => summarizeFleet(caller, fleet, agentsOfFleet(db, fleet.id)),
        ),
      }))
    },

    /** Ends agents by intention: whoever owns them carries it out. Idempotent. */
    async stop(
      caller: Caller,
      fleetId: string,
      options: { agent_ids?: string[] | undefined; mode: StopMode; reason?: string | undefined },
    ) {
      refuseDelegated(caller, "stop agents")
      const outcome = await ledger.transact((tx) => {
        const fleet = requireFleet(tx, caller, fleetId)
        requireLead(tx, caller, fleet, isAlive)
        const wanted = options.agent_ids ?? [everyone]
        const agents = wanted.includes(everyone)
          ? agentsOfFleet(tx, fleetId)
          : [
              ...new Map(
                wanted.map((id) => requireAgent(tx, fleetId, id)).map((each) => [each.id, each]),
              ).values(),
            ]
        const ended = agents.filter((agent) => isEnded(agent.status))
        const open = agents.filter((agent) => !isEnded(agent.status))
        for (const agent of open)
          requestStop(tx, agent, { mode: options.mode, reason: options.reason ?? null })
        // Whoever ends the fleet needs not be told that it ended; a lead whose user did it in a shell
        // has to be.
        const isKnown = !caller.human && fleetById(tx, fleetId)!.status !== "running"
        if (isKnown) {
          withdrawNotices(tx, fleetId)
          markCollected(tx, fleetId)
        }
        return {
          stopped: open.map((agent) => agent.id),
          already_ended: ended.map((agent) => agent.id),
        }
      })
      changes.nudge()
      deps.supervise(fleetId)
      await changes.until(
        () =>
          ledger.read((db) =>
            agentsOfFleet(db, fleetId).every(
              (agent) => isEnded(agent.status) || !outcome.stopped.includes(agent.id),
            )
              ? true
              : undefined,
          ),
        { timeoutMs: options.mode === "wrap_up" ? 0 : limits.stopPatienceMs },
      )
      return outcome
    },

    /** Counted from this call; replaces an earlier one. */
    async setTimeout(caller: Caller, fleetId: string, timeoutMs: number) {
      refuseDelegated(caller, "set timeouts")
      await ledger.transact((tx) => {
        const fleet = requireFleet(tx, caller, fleetId)
        requireLead(tx, caller, fleet, isAlive)
        if (fleet.status !== "running")
          throw new MeshError(
            "AGENT_ENDED",
            `Fleet ${fleetId} has already ended (${fleet.status}).`,
            "Read its results with collect_results.",
          )
        setDeadline(tx, fleetId, tx.at + timeoutMs)
        appendEvent(tx, { type: "fleet.timeout_set", fleetId, data: { timeout_ms: timeoutMs } })
      })
      changes.nudge()
      deps.supervise(fleetId)
      return { ok: true, timeout_ms: timeoutMs }
    },
  }
}

export type Fleets = ReturnType<typeof createFleets>
