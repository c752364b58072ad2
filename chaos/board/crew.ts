import type { Ledger } from "../../plugin/mesh/ledger/ledger.ts"
import type { Tx } from "../../plugin/mesh/ledger/port.ts"
import { insertAgent } from "../../plugin/mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../plugin/mesh/ledger/tables/events.ts"
import { insertFleet } from "../../plugin/mesh/ledger/tables/fleets.ts"
import type { Caller } from "../../plugin/mesh/model/caller.ts"
import { addToBoard } from "../../plugin/mesh/tasks/add.ts"
import { createTasks } from "../../plugin/mesh/tasks/tasks.ts"
import type { Random } from "../random.ts"

export const fleetId = "flt_proof"
const place = { project: "/proof", directory: "/proof" }

export const memberCaller = (id: string): Caller => ({
  sessionId: `ses_${id}`,
  ...place,
  delegated: false,
  human: false,
  agent: undefined,
  model: undefined,
  member: { agentId: id, name: id, fleetId },
})

/** The board as every process of the mesh has it; checks pass at once. */
export const tasksOver = (ledger: Ledger) =>
  createTasks({
    ledger,
    isAlive: () => true,
    choose: async (_, tasks) => tasks,
    runCheck: async () => ({ passed: true, exit: 0, output: "", duration_ms: 0 }),
    checkMs: 1000,
  })

/** An agent that a process of the proof speaks for. */
export const addAgent = (tx: Tx, id: string, position: number) =>
  insertAgent(tx, {
    ...{ id, fleet_id: fleetId, position, name: id, role: "Worker", agent: null, model: null },
    ...{ prompt: "", directory: place.directory, created_at: tx.at },
  })

/** A fleet without agents yet, with a board on which each task needs up to three earlier ones. */
export const createBoard = (ledger: Ledger, count: number, random: Random) =>
  ledger.transact(async (tx) => {
    await insertFleet(tx, {
      ...{ id: fleetId, name: "proof", ...place, lead_session: "ses_lead", lead_agent: null },
      ...{ lead_model: null, lead_rules: "[]", opencode: "opencode", isolation: "auto" },
      ...{ max_parallel: 1, host_limit: 1, timeout_at: null, budget: null, created_at: tx.at },
    })
    await appendEvent(tx, { type: "fleet.created", fleetId })
    const drafts = Array.from({ length: count }, (_, index) => ({
      title: `task ${index + 1}`,
      after:
        index === 0 || random.chance(0.5)
          ? []
          : Array.from({ length: random.between(1, 3) }, () => random.between(1, index)),
      ...(random.chance(0.3) && { check: "true" }),
    }))
    await addToBoard(tx, fleetId, drafts, { name: "lead", agentId: null })
  })
