import { insertAgent } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { findAgent } from "../../../plugin/mesh/ledger/tables/agents-by-name.ts"
import { fleetById, insertFleet } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import type { AgentRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { Asked } from "../../../plugin/mesh/model/question.ts"
import { receiveAsk } from "../../../plugin/mesh/questions/asking.ts"
import { createLedgerStore } from "../../../plugin/system/ledger-store.ts"
import { pathsIn } from "../../../plugin/system/mesh-home.ts"
import { ownProcess } from "../../../plugin/system/processes.ts"
import { projectOf } from "../../../plugin/system/project.ts"
import type { World } from "./world.ts"

const fleetId = "flt_told"
const hostId = "hst_told"

/**
 * A fleet at work that is rows alone: its host is this process, and what its agents do is what the test
 * writes. So a screen has something to show within a second, and no OpenCode is started for it.
 */
export const tellFleet = async (
  world: Pick<World, "home" | "project">,
  names: readonly string[],
  { lead = "ses_lead", name = "parser-review", place = pathsIn(world.home).ledger } = {},
) => {
  const ledger = await createLedgerStore(place).open()
  const project = projectOf(world.project)
  const { pid, process_start } = ownProcess()
  await ledger.transact(async (tx) => {
    await insertFleet(tx, {
      id: fleetId,
      name,
      project,
      directory: world.project,
      lead_session: lead,
      lead_agent: null,
      lead_model: null,
      lead_rules: "[]",
      opencode: "opencode",
      isolation: "auto",
      max_parallel: names.length,
      host_limit: names.length,
      timeout_at: null,
      budget: null,
      created_at: tx.at,
    })
    await insertHost(tx, {
      id: hostId,
      fleet_id: fleetId,
      nonce_hash: "none",
      directory: world.project,
      specialists: "[]",
      created_at: tx.at,
    })
    await tx.run(
      "UPDATE hosts SET status = 'ready', pid = ?, process_start = ?, beat_at = ? WHERE id = ?",
      pid,
      process_start,
      tx.at,
      hostId,
    )
    for (const [position, each] of names.entries())
      await insertAgent(tx, {
        id: `${each}-told`,
        fleet_id: fleetId,
        position,
        name: each,
        role: each,
        agent: "build",
        model: null,
        prompt: `Be ${each}.`,
        directory: world.project,
        created_at: tx.at,
      })
    await tx.run(
      `UPDATE agents SET status = 'running', host_id = ?, attempts = 1, generation = 1,
         started_at = ?, turn_at = ?, activity = 'thinking', activity_at = ? WHERE fleet_id = ?`,
      hostId,
      tx.at,
      tx.at,
      tx.at,
      fleetId,
    )
  })

  const agent = async (of: string) =>
    (await ledger.read((db) => findAgent(db, fleetId, of)))! as AgentRow
  return {
    ledger,
    fleetId,
    project,
    agent,
    fleet: async () => (await ledger.read((db) => fleetById(db, fleetId)))!,

    /** Columns of an agent, as its host would write them. */
    set: (of: string, columns: Partial<AgentRow>) =>
      ledger.transact(async (tx) => {
        for (const [column, value] of Object.entries(columns))
          await tx.run(
            `UPDATE agents SET ${column} = ? WHERE fleet_id = ? AND name = ?`,
            value,
            fleetId,
            of,
          )
      }),

    /** The id of what is asked. */
    async asks(of: string, asked: Asked) {
      const { id } = await agent(of)
      const received = await ledger.transact((tx) =>
        receiveAsk(tx, { agentId: id, hostId, deadlineMs: 900_000 }, asked),
      )
      return (received as { waits: string }).waits
    },

    end: () => ledger.close(),
  }
}

export type ToldFleet = Awaited<ReturnType<typeof tellFleet>>
