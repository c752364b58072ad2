import { mapInOrder } from "../model/in-order.ts"
import { type IsAlive, refuseDelegated, fleetMeant, requireFleet, requireLead } from "../access.ts"
import { addAgents } from "./add-agents.ts"
import { nameFromRole } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import type { Changes } from "../ledger/changes.ts"
import type { Limits } from "../model/config.ts"
import { MeshError } from "../model/errors.ts"
import { untilHosted } from "./first-host.ts"
import type { AgentDraft, FleetDraft } from "./fleet-draft.ts"
import { summarizeFleet } from "./fleet-summary.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { briefTasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetsOfProject, insertFleet, setDeadline, settleFleet } from "../ledger/tables/fleets.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { leadName, personName } from "../model/message.ts"
import { addToBoard, permitChecks } from "../tasks/add.ts"
import { renderBoard } from "../tasks/task.ts"
import { createStop } from "./stop-agents.ts"
import { createPreparation } from "./prepare-agents.ts"
import type { DraftChecks } from "../model/draft-checks.ts"
import type { Rule } from "../model/permission-rules.ts"
import { admit } from "./admission.ts"
import type { Machine } from "../machine.ts"
import { heldHosts } from "./held-hosts.ts"
import { hasTreesOnly, leftOutText } from "../worktrees/worktree-drafts.ts"
import type { Worktrees } from "../worktrees/worktrees.ts"

export interface FleetsDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  isAlive: IsAlive
  draftChecks: DraftChecks
  worktrees: Pick<Worktrees, "locate" | "place">
  limits: Limits
  machine: () => Machine
  /** The OpenCode binary this fleet's hosts run. */
  opencode: string
  /** This process was started by an agent of a fleet: the depth of spawning is one. */
  isInsideAgent: () => boolean
  /** The trace that the caller's request belongs to; absent while telemetry is off. */
  traceparent?: (() => string | undefined) | undefined
  /** Starts supervising here if nobody does. */
  supervise: (fleetId: string) => void
}

export const createFleets = (deps: FleetsDeps) => {
  const { ledger, isAlive, limits } = deps

  const prepare = createPreparation(deps)
  const statusIn = (agents: readonly AgentRow[], id: string) =>
    agents.find((agent) => agent.id === id)?.status ?? "queued"

  const meant = async (caller: Caller, asked: string | undefined, names?: readonly string[]) =>
    (await ledger.read((db) => fleetMeant(db, caller, asked, names))).id

  const refuseSpawn = (caller: Caller) => {
    refuseDelegated(caller, "spawn a fleet")
    if (caller.member || deps.isInsideAgent())
      throw new MeshError(
        "NOT_ALLOWED",
        "Members of a fleet, and what they start, cannot spawn fleets.",
        "Use attach_agent to bring one more agent into your own fleet.",
      )
  }

  return {
    /** Throws for whoever leads no fleets, before anything else is looked at. */
    refuseSpawn,

    async spawn(caller: Caller, draft: FleetDraft, signal?: AbortSignal) {
      refuseSpawn(caller)
      const prepared = await prepare(caller, caller.directory, draft.agents, draft.worktree)
      const traceparent = deps.traceparent?.()
      await permitChecks(draft.tasks ?? [], caller.rights)
      const isolation = draft.isolation ?? limits.isolation
      const admission = admit(
        isolation,
        deps.machine(),
        draft.max_parallel ?? limits.maxParallel,
        await ledger.read((db) => heldHosts(db, isAlive)),
      )
      const { id, agents, board } = await ledger.transact(async (tx) => {
        const running = await fleetsOfProject(tx, caller.project, "running", limits.fleetsAtOnce)
        if (running.length >= limits.fleetsAtOnce)
          throw new MeshError(
            "LIMIT_REACHED",
            `${running.length} fleets are running in this project; the limit is ${limits.fleetsAtOnce}.`,
            "Collect or stop one of them first (list_fleets).",
          )
        const id = tx.newId.fleet()
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
          lead_rules: JSON.stringify(caller.rights?.rules ?? []),
          opencode: deps.opencode,
          isolation,
          max_parallel: admission.maxParallel,
          host_limit: admission.hostLimit,
          timeout_at: draft.timeout_ms === undefined ? null : tx.at + draft.timeout_ms,
          budget: draft.budget ? JSON.stringify(draft.budget) : null,
          on_stall: draft.on_stall ?? limits.onStall,
          created_at: tx.at,
        }
        await insertFleet(tx, fleet)
        await appendEvent(tx, {
          type: "fleet.created",
          fleetId: id,
          data: {
            name: fleet.name,
            isolation: fleet.isolation,
            ...admission,
            ...(traceparent !== undefined && { traceparent }),
            ...(draft.template !== undefined && { template: draft.template }),
          },
        })
        const added = await addAgents(tx, deps, fleet, prepared, caller)
        const author = { name: caller.human ? personName : leadName, agentId: null }
        if (draft.tasks) await addToBoard(tx, id, draft.tasks, author)
        return { id, agents: added, board: await briefTasksOfFleet(tx, id) }
      })
      deps.supervise(id)
      const first = agents.find((_, index) => !draft.agents[index]!.waits)
      const now_ = first ? await untilHosted(deps, id, first.agent_id, signal) : []
      return {
        fleet_id: id,
        agent_ids: agents.map((agent) => agent.agent_id),
        agents: agents.map((agent, index) => ({
          ...agent,
          status: statusIn(now_, agent.agent_id),
          ...(draft.agents[index]!.waits && { blocked_on: "message" }),
        })),
        // What says nothing the lead does not know costs it in every request from here on.
        ...(isolation !== "auto" && { isolation }),
        ...(admission.maxParallel < agents.length && { max_parallel: admission.maxParallel }),
        ...(board.length > 0 && { board: renderBoard(board) }),
        ...noteOf([
          ...leftOutText(prepared),
          ...(caller.human
            ? []
            : newToolsText({
                hasBoard: board.length > 0,
                hasTrees: agents.some(({ branch }) => branch !== undefined),
              })),
        ]),
      }
    },

    async attach(caller: Caller, asked: string | undefined, draft: AgentDraft) {
      refuseDelegated(caller, "attach agents")
      const fleetId = await meant(caller, asked)
      const before = await ledger.read(async (db) => ({
        ...(await requireFleet(db, caller, fleetId)),
        treesOnly: await hasTreesOnly(db, fleetId),
      }))
      if (caller.member && caller.member.fleetId !== fleetId)
        throw new MeshError(
          "NOT_THE_LEAD",
          `You are in fleet ${caller.member.fleetId}, not in ${fleetId}.`,
          "Attach to your own fleet.",
        )
      // What an agent inherits is the lead's, also when a member attaches it.
      const inherits = { ...caller, agent: before.lead_agent ?? undefined }
      const leadRules = caller.member ? (JSON.parse(before.lead_rules) as Rule[]) : []
      const prepared = await prepare(
        inherits,
        before.directory,
        [draft],
        before.treesOnly,
        leadRules,
      )
      const [agent] = await ledger.transact(async (tx) => {
        const fleet = await requireFleet(tx, caller, fleetId)
        if (!caller.member) await requireLead(tx, caller, fleet, isAlive)
        const added = await addAgents(tx, deps, fleet, prepared, caller)
        await settleFleet(tx, fleetId)
        return added
      })
      deps.supervise(fleetId)
      const { agent_id, role, status, name } = agent!
      return { agent_id, fleet_id: fleetId, name, role, agent: agent!.agent, status }
    },

    async list(caller: Caller, query: { status?: string | undefined; limit: number }) {
      return ledger.read(async (db) => ({
        fleets: await mapInOrder(
          await fleetsOfProject(db, caller.project, query.status ?? null, query.limit),
          async (fleet) => summarizeFleet(caller, fleet, await agentsOfFleet(db, fleet.id)),
        ),
      }))
    },

    stop: createStop(deps),

    /** Counted from this call; replaces an earlier one. */
    async setTimeout(caller: Caller, asked: string | undefined, timeoutMs: number) {
      refuseDelegated(caller, "set timeouts")
      const fleetId = await meant(caller, asked)
      await ledger.transact(async (tx) => {
        const fleet = await requireFleet(tx, caller, fleetId)
        await requireLead(tx, caller, fleet, isAlive)
        if (fleet.status !== "running")
          throw new MeshError(
            "FLEET_ENDED",
            `Fleet ${fleetId} has already ended (${fleet.status}).`,
            "Read its results with collect_results.",
          )
        await setDeadline(tx, fleetId, tx.at + timeoutMs)
        await appendEvent(tx, {
          type: "fleet.timeout_set",
          fleetId,
          data: { timeout_ms: timeoutMs },
        })
      })
      deps.supervise(fleetId)
      return { ok: true, fleet_id: fleetId, timeout_ms: timeoutMs }
    },
  }
}

export type Fleets = ReturnType<typeof createFleets>

/** A lead is told of tools that come with what it has spawned: it cannot have read of them before. */
const newToolsText = ({ hasBoard, hasTrees }: { hasBoard: boolean; hasTrees: boolean }) => {
  const tools = [
    ...(hasBoard ? ["add_tasks", "list_tasks", "update_task"] : []),
    ...(hasTrees ? ["merge_agents"] : []),
  ]
  return tools.length > 0 ? [`You have ${tools.join(", ")} from your next step on.`] : []
}

const noteOf = (parts: readonly string[]) => (parts.length > 0 ? { note: parts.join(" ") } : {})
