import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { runningFleets } from "../ledger/tables/fleets.ts"
import { allOpenHosts, endHost } from "../ledger/tables/hosts.ts"
import { clearWakes } from "../ledger/tables/messages.ts"
import { keepAllWorktrees } from "../ledger/tables/worktrees.ts"
import type { Ledger, Query } from "../ledger/port.ts"
import { endAgent } from "../lifecycle/outcome.ts"
import { settleAndTell } from "../lifecycle/settle.ts"
import { isEnded } from "../model/agent.ts"

const cause = "its ledger was taken elsewhere, and what ran beside it was not"

/**
 * Processes do not travel. What was at work in the ledger that is taken over has ended here, with its
 * cause; its answers and partial outputs stay, and it may be woken like any agent that has failed.
 * Nothing is woken, started or cleared away by the arrival itself.
 */
export const endWhatRan = async (ledger: Ledger): Promise<string[]> =>
  ledger.transact(async (tx) => {
    const fleets = await runningFleets(tx)
    await keepAllWorktrees(tx)
    for (const { id } of await agentsToWake(tx)) await clearWakes(tx, id)
    for (const host of await allOpenHosts(tx)) await endHost(tx, host, cause)
    for (const { id } of fleets) {
      for (const agent of await agentsOfFleet(tx, id)) {
        if (isEnded(agent.status)) continue
        const failure = { code: "HOST_LOST" as const, detail: cause }
        await endAgent(tx, agent, { status: "failed", failure })
      }
      await settleAndTell(tx, id)
    }
    return fleets.map(({ id }) => id)
  })

const agentsToWake = (db: Query) =>
  db.all<{ id: string }>(
    `SELECT id FROM agents WHERE EXISTS (
       SELECT 1 FROM deliveries WHERE recipient = id AND state = 'accepted' AND wake = 1)`,
  )
