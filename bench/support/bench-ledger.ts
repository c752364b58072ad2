import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Caller } from "../../plugin/mesh/model/caller.ts"
import { createChanges } from "../../plugin/mesh/ledger/changes.ts"
import { insertAgent } from "../../plugin/mesh/ledger/tables/agents.ts"
import { insertFleet } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { type Ledger, openLedger } from "../../plugin/mesh/ledger/ledger.ts"
import { createExchanges } from "../../plugin/mesh/mail/exchanges.ts"
import { capsOf, parseConfig } from "../../plugin/mesh/model/config.ts"
import { createMessages } from "../../plugin/mesh/mail/messages.ts"

const project = "/bench"
const fleetId = "flt_bench"

/** A member, as its host's plugin would see it call a tool. */
export const memberCaller = (agentId: string, fleet = fleetId, at = project): Caller => ({
  sessionId: `ses_${agentId}`,
  project: at,
  directory: at,
  delegated: false,
  human: false,
  agent: undefined,
  model: undefined,
  member: { agentId, name: agentId, fleetId: fleet },
})

/** The message service as every process of the mesh assembles it. */
export const messagesOver = (ledger: Ledger) => {
  const changes = createChanges(ledger, (error) => console.error(error))
  const messages = createMessages({
    ledger,
    changes,
    now: Date.now,
    isAlive: () => true,
    isInFlight: () => false,
    hold: () => () => undefined,
    exchanges: createExchanges(),
    caps: capsOf(parseConfig([]).config),
  })
  return { messages, close: changes.close }
}

/** A ledger on disk with one fleet whose members have these ids. */
export const createBenchLedger = async (members: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-bench-"))
  const path = join(folder, "mesh.db")
  const ledger = await openLedger(path)
  const at = Date.now()
  await ledger.transact(async (tx) => {
    await insertFleet(tx, {
      id: fleetId,
      name: "bench",
      project,
      directory: project,
      lead_session: "ses_lead",
      lead_agent: null,
      lead_model: null,
      lead_rules: "[]",
      opencode: "opencode",
      isolation: "auto",
      max_parallel: members.length,
      host_limit: members.length,
      timeout_at: null,
      budget: null,
      created_at: at,
    })
    for (const [position, id] of members.entries())
      await insertAgent(tx, {
        id,
        fleet_id: fleetId,
        position,
        name: id,
        role: "Bench",
        agent: null,
        model: null,
        prompt: "",
        directory: project,
        created_at: at,
      })
  })
  return {
    path,
    ledger,
    async end() {
      await ledger.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
