import { createRatifications } from "../../plugin/mesh/councils/ratifications.ts"
import { createChanges } from "../../plugin/mesh/ledger/changes.ts"
import type { Ledger } from "../../plugin/mesh/ledger/ledger.ts"
import { insertAgent } from "../../plugin/mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../plugin/mesh/ledger/tables/events.ts"
import { insertFleet } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { createExchanges } from "../../plugin/mesh/mail/exchanges.ts"
import { createMessages } from "../../plugin/mesh/mail/messages.ts"
import { createReceipts } from "../../plugin/mesh/mail/receipts.ts"
import type { Caller } from "../../plugin/mesh/model/caller.ts"
import { capsOf, parseConfig } from "../../plugin/mesh/model/config.ts"
import { createTemplates } from "../../plugin/mesh/templates/templates.ts"

const fleetId = "flt_proof"
const place = { project: "/proof", directory: "/proof" }

const session = (sessionId: string, member: Caller["member"]): Caller => ({
  sessionId,
  ...place,
  delegated: false,
  human: false,
  agent: undefined,
  model: undefined,
  member,
})

export const memberCaller = (id: string) => session(`ses_${id}`, { agentId: id, name: id, fleetId })

export const leadCaller = () => session("ses_lead", undefined)

/** What every process of the mesh makes of a ledger, as far as mail and councils go. */
export const servicesOver = (ledger: Ledger) => {
  const changes = createChanges(ledger, (error) => console.error(error))
  const exchanges = createExchanges()
  const caps = capsOf(parseConfig([]).config)
  const deps = { ledger, changes, exchanges, caps, now: Date.now, isAlive: () => true }
  return {
    exchanges,
    messages: createMessages({
      ...deps,
      isInFlight: () => false,
      hold: () => () => undefined,
    }),
    receipts: createReceipts(deps),
    ratifications: createRatifications(deps),
    // Nobody spawns here.
    templates: createTemplates({ ledger, fleets: {} as never, bundled: () => [] }),
    close: changes.close,
  }
}

/** A fleet of writers, each an agent that nobody starts. */
export const createFleetOf = (ledger: Ledger, writers: readonly string[]) =>
  ledger.transact(async (tx) => {
    await insertFleet(tx, {
      ...{ id: fleetId, name: "proof", ...place, lead_session: "ses_lead", lead_agent: null },
      ...{ lead_model: null, lead_rules: "[]", opencode: "opencode", isolation: "auto" },
      ...{ max_parallel: 1, host_limit: 1, timeout_at: null, budget: null, created_at: tx.at },
    })
    await appendEvent(tx, { type: "fleet.created", fleetId })
    for (const [position, id] of writers.entries())
      await insertAgent(tx, {
        ...{ id, fleet_id: fleetId, position, name: id, role: "Writer", agent: null, model: null },
        ...{ prompt: "", directory: place.directory, created_at: tx.at },
      })
  })
