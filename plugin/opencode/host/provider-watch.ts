import type { Config } from "../../mesh/model/config.ts"
import { isRateLimit, providerOf, restAfter, restUntil } from "../../mesh/lifecycle/cool-down.ts"
import { beginCoolDown } from "../../mesh/ledger/tables/cooldowns.ts"
import type { Tx } from "../../mesh/ledger/port.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import { cut } from "../../mesh/prompts.ts"

export interface ProviderWatchDeps {
  ledger: Ledger
  config: Config
}

/**
 * Lets every process of the mesh know that a provider limits its rate: while it rests, nobody starts
 * an agent or an attempt of that provider.
 */
export const createProviderWatch = ({ ledger, config }: ProviderWatchDeps) => {
  const providers = new Map<string, string>()

  const rest = async (
    tx: Tx,
    agent: Pick<AgentRow, "id" | "fleet_id">,
    provider: string,
    until: number,
    reason: string,
  ) => {
    if (await beginCoolDown(tx, { provider, until, reason: cut(reason, 300) }))
      await appendEvent(tx, {
        type: "provider.limited",
        fleetId: agent.fleet_id,
        agentId: agent.id,
        data: { provider, rest_ms: until - tx.at, reason: cut(reason, 300) },
      })
  }

  return {
    /** Which provider answers a session: sub-sessions may have one of their own. */
    answers: (sessionId: string, provider: string) => void providers.set(sessionId, provider),

    /** A session waits to try again at `next`, which honours the provider's retry-after. */
    async waits(
      agent: Pick<AgentRow, "id" | "fleet_id" | "model">,
      sessionId: string,
      status: { message: string | undefined; next: number | undefined },
    ) {
      const provider = providers.get(sessionId) ?? providerOf(agent.model)
      const { message = "", next } = status
      if (!provider || next === undefined || !isRateLimit(message)) return
      await ledger.transact((tx) => rest(tx, agent, provider, restUntil(next), message))
    },

    /** OpenCode gave up on it; in the transaction of the attempt's failure. */
    async gaveUp(tx: Tx, agent: AgentRow, reason: string, retryAfterMs: number | undefined) {
      const provider = providers.get(agent.session_id ?? "") ?? providerOf(agent.model)
      if (!provider) return
      const until = restAfter(tx.at, agent.attempts, config.cool_down_ms, retryAfterMs)
      await rest(tx, agent, provider, until, reason)
    },
  }
}
