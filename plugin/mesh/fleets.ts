import {
  isLeadOf,
  type IsAlive,
  refuseDelegated,
  requireAgent,
  requireFleet,
  requireLead,
} from "./access.ts"
import { isEnded, nameFromRole, uniqueName } from "./agent.ts"
import type { Budget } from "./budget.ts"
import type { Caller } from "./caller.ts"
import type { Changes } from "./changes.ts"
import { restOf } from "./cool-down.ts"
import type { Limits } from "./config.ts"
import { MeshError } from "./errors.ts"
import type { NewId } from "./ids.ts"
import { agentsOfFleet, insertAgent } from "./ledger/agents.ts"
import { registerCapability } from "./ledger/capabilities.ts"
import { coolDowns } from "./ledger/cooldowns.ts"
import type { Database } from "./ledger/driver.ts"
import { appendEvent } from "./ledger/events.ts"
import { fleetById, fleetsOfProject, insertFleet, settleFleet } from "./ledger/fleets.ts"
import { openHosts } from "./ledger/hosts.ts"
import type { Ledger } from "./ledger/ledger.ts"
import type { AgentRow, Isolation, OnStall, StopMode } from "./ledger/rows.ts"
import { everyone, leadName, systemSender } from "./message.ts"
import { withdrawNotices } from "./notices.ts"
import type { Rule } from "./permission-rules.ts"
import { createPreparation, type PreparedAgent } from "./prepare-agents.ts"
import { requestStop } from "./stop.ts"
import { admit, type Machine } from "./supervision/admission.ts"
import { describeLeftOut, hasTreesOnly, noteWorktree } from "./worktree-drafts.ts"
import type { Worktrees } from "./worktrees.ts"
import { heldHosts } from "./supervision/held-hosts.ts"
import { markCollected } from "./unread-fleets.ts"

export interface AgentDraft {
  role: string
  prompt: string
  agent?: string | undefined
  name?: string | undefined
  model?: string | undefined
  skills?: string[] | undefined
  directory?: string | undefined
  budget?: Budget | undefined
  /** A git worktree and branch of its own. */
  worktree?: boolean | undefined
}

export interface FleetDraft {
  agents: AgentDraft[]
  name?: string | undefined
  isolation?: Isolation | undefined
  max_parallel?: number | undefined
  timeout_ms?: number | undefined
  budget?: Budget | undefined
  on_stall?: OnStall | undefined
  /** For every agent that does not say. */
  worktree?: boolean | undefined
}

/** What the mesh needs to know of OpenCode before it accepts an agent. Throws for unknown values. */
export interface Roster {
  /** The agent's canonical name and the skills it brings. UNKNOWN_SPECIALIST with near matches. */
  resolveAgent(name: string): Promise<{ agent: string; skills: readonly string[] }>
  /** "provider/model". UNKNOWN_MODEL with near matches. */
  checkModel(model: string): Promise<void>
  /** What the caller's own agent may do: its members never get more. */
  leadRules(caller: Caller): Promise<readonly Rule[]>
  /** Absolute path. UNKNOWN_DIRECTORY. */
  checkDirectory(path: string, base: string): Promise<string>
}

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

  const addAgents = (
    db: Database,
    fleet: { id: string; lead_model: string | null },
    prepared: readonly PreparedAgent[],
    at: number,
  ) => {
    const present = agentsOfFleet(db, fleet.id)
    if (present.length + prepared.length > limits.agentsPerFleet)
      throw new MeshError(
        "LIMIT_REACHED",
        `Fleet ${fleet.id} would have ${present.length + prepared.length} agents; the limit is ${limits.agentsPerFleet}.`,
        "Spawn a second fleet, or give each agent more to do.",
      )
    const taken = new Set([...present.map((agent) => agent.name), leadName, systemSender])
    const explicit = prepared.map(({ draft }) => draft.name).filter((name) => name !== undefined)
    for (const [index, name] of explicit.entries())
      if (taken.has(name) || explicit.indexOf(name) !== index)
        throw new MeshError(
          "NAME_TAKEN",
          `The name "${name}" is taken in this fleet.`,
          "Choose another name, or leave it out and one is made from the role.",
        )
    for (const name of explicit) taken.add(name)
    return prepared.map(({ draft, agent, skills, directory, origin }, index) => {
      const name = draft.name ?? uniqueName(nameFromRole(draft.role), taken)
      taken.add(name)
      const id = newId.agent(nameFromRole(name))
      insertAgent(db, {
        id,
        fleet_id: fleet.id,
        position: present.length + index,
        name,
        role: draft.role,
        agent,
        model: draft.model ?? fleet.lead_model,
        prompt: draft.prompt,
        directory: origin
          ? noteWorktree(db, deps.worktrees, { id, fleet_id: fleet.id }, origin)
          : directory,
        budget: draft.budget ? JSON.stringify(draft.budget) : null,
        created_at: at,
      })
      registerCapability(db, {
        agent_id: id,
        role: draft.role,
        fleet_id: fleet.id,
        skills: JSON.stringify(skills),
        model: draft.model ?? fleet.lead_model,
        context_window: null,
        registered_at: at,
      })
      appendEvent(db, at, {
        type: "agent.queued",
        fleetId: fleet.id,
        agentId: id,
        data: { name, role: draft.role, agent },
      })
      return { agent_id: id, name, role: draft.role, agent, status: "queued" as const }
    })
  }

  /** Waits until a first host of the fleet answers, or until starting one has failed. */
  const untilHosted = async (fleetId: string, agentId: string, signal: AbortSignal | undefined) => {
    const started = await changes.until(
      () =>
        ledger.read((db) => {
          const agents = agentsOfFleet(db, fleetId)
          const hosted = openHosts(db, fleetId).some((host) => host.status === "ready")
          const queued = agents.find((agent) => agent.id === agentId)?.status === "queued"
          const resting = coolDowns(db)
          return hosted ||
            agents.every((agent) => isEnded(agent.status) || restOf(agent, resting, now())) ||
            (queued && agents.some((agent) => agent.status === "running"))
            ? agents
            : undefined
        }),
      { timeoutMs: limits.hostStartMs, signal },
    )
    const agents = started ?? ledger.read((db) => agentsOfFleet(db, fleetId))
    const failed = agents.find((agent) => agent.error_code === "HOST_FAILED")
    if (failed && agents.every((agent) => isEnded(agent.status)))
      throw new MeshError(
        "HOST_FAILED",
        `Fleet ${fleetId} could not start a host: ${failed.error_detail}`,
        "Tell the user; the log of the host is under MESHFLEET_HOME/logs.",
      )
    return agents
  }

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
      const agents = await ledger.transact((db) => {
        const at = now()
        const running = fleetsOfProject(db, caller.project, "running", limits.fleetsAtOnce)
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
          timeout_at: draft.timeout_ms === undefined ? null : at + draft.timeout_ms,
          budget: draft.budget ? JSON.stringify(draft.budget) : null,
          on_stall: draft.on_stall ?? limits.onStall,
          created_at: at,
        }
        insertFleet(db, fleet)
        appendEvent(db, at, {
          type: "fleet.created",
          fleetId: id,
          data: { name: fleet.name, isolation: fleet.isolation, ...admission },
        })
        return addAgents(db, fleet, prepared, at)
      })
      changes.nudge()
      deps.supervise(id)
      const now_ = await untilHosted(id, agents[0]!.agent_id, signal)
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
      const [agent] = await ledger.transact((db) => {
        const at = now()
        const fleet = requireFleet(db, caller, fleetId)
        if (!caller.member) requireLead(db, caller, fleet, isAlive, at)
        const added = addAgents(db, fleet, prepared, at)
        settleFleet(db, fleetId, at)
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
          (fleet) => {
            const agents = agentsOfFleet(db, fleet.id)
            const count = (...statuses: string[]) =>
              agents.filter((agent) => statuses.includes(agent.status)).length
            return {
              fleet_id: fleet.id,
              name: fleet.name,
              status: fleet.status,
              lead: isLeadOf(caller, fleet),
              created_at: new Date(fleet.created_at).toISOString(),
              ...(fleet.ended_at !== null && {
                completed_at: new Date(fleet.ended_at).toISOString(),
              }),
              agent_count: agents.length,
              agents_queued: count("queued"),
              agents_running: count("starting", "running", "interrupted"),
              agents_complete: count("complete"),
              agents_failed: count("failed"),
              agents_cancelled: count("cancelled"),
            }
          },
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
      const outcome = await ledger.transact((db) => {
        const at = now()
        const fleet = requireFleet(db, caller, fleetId)
        requireLead(db, caller, fleet, isAlive, at)
        const wanted = options.agent_ids ?? [everyone]
        const agents = wanted.includes(everyone)
          ? agentsOfFleet(db, fleetId)
          : [
              ...new Map(
                wanted.map((id) => requireAgent(db, fleetId, id)).map((each) => [each.id, each]),
              ).values(),
            ]
        const ended = agents.filter((agent) => isEnded(agent.status))
        const open = agents.filter((agent) => !isEnded(agent.status))
        for (const agent of open)
          requestStop(db, newId, at, agent, { mode: options.mode, reason: options.reason ?? null })
        // Whoever ends the fleet needs not be told that it ended; a lead whose user did it in a shell
        // has to be.
        const isKnown = !caller.human && fleetById(db, fleetId)!.status !== "running"
        if (isKnown) {
          withdrawNotices(db, fleetId, at)
          markCollected(db, fleetId, at)
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
      await ledger.transact((db) => {
        const at = now()
        const fleet = requireFleet(db, caller, fleetId)
        requireLead(db, caller, fleet, isAlive, at)
        if (fleet.status !== "running")
          throw new MeshError(
            "AGENT_ENDED",
            `Fleet ${fleetId} has already ended (${fleet.status}).`,
            "Read its results with collect_results.",
          )
        db.run("UPDATE fleets SET timeout_at = ? WHERE id = ?", at + timeoutMs, fleetId)
        appendEvent(db, at, { type: "fleet.timeout_set", fleetId, data: { timeout_ms: timeoutMs } })
      })
      changes.nudge()
      deps.supervise(fleetId)
      return { ok: true, timeout_ms: timeoutMs }
    },
  }
}

export type Fleets = ReturnType<typeof createFleets>
