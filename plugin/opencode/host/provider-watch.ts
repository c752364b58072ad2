import { isActive } from "../../mesh/model/agent.ts"
import type { Config } from "../../mesh/model/config.ts"
import {
  beginCoolDown,
  endCoolDown,
  isRateLimit,
  isResting,
  providerOf,
  restAfter,
  restUntil,
} from "../../mesh/lifecycle/cool-down.ts"
import { requestStop } from "../../mesh/lifecycle/stop.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { coolDownOf } from "../../mesh/ledger/tables/cooldowns.ts"
import type { Query, Tx } from "../../mesh/ledger/port.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"
import { cut } from "../../mesh/prompts.ts"

export interface ProviderWatchDeps {
  ledger: Ledger
  config: Config
  now: () => number
}

/**
 * Lets every process of the mesh know that a provider limits its rate: while it rests, nobody starts
 * an agent or an attempt of that provider.
 */
export const createProviderWatch = ({ ledger, config, now }: ProviderWatchDeps) => {
  const providers = new Map<string, string>()
  const longestMs = config.longest_rest_ms

  const rest = async (
    tx: Tx,
    agent: Pick<AgentRow, "id" | "fleet_id">,
    provider: string,
    until: number,
    reason: string,
  ) => {
    const words = cut(reason, 300)
    const restMs = await beginCoolDown(tx, { provider, until, reason: words }, longestMs)
    if (restMs !== undefined)
      await appendEvent(tx, {
        type: "provider.limited",
        fleetId: agent.fleet_id,
        agentId: agent.id,
        data: { provider, rest_ms: restMs, reason: words },
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
      await ledger.transact(async (tx) => {
        await rest(tx, agent, provider, restUntil(next), message)
        if (next - tx.at <= longestMs) return
        // OpenCode waits for as long as a provider asks, be it weeks.
        const current = (await agentById(tx, agent.id))!
        if (isActive(current.status))
          await requestStop(tx, current, {
            mode: "retry",
            code: "RATE_LIMITED",
            reason: `the provider asks for a longer wait than longest_rest_ms (${longestMs} ms): ${message}`,
          })
      })
    },

    /** A model has answered in a session: a rest that was over is past now. */
    async answered(agent: Pick<AgentRow, "id" | "fleet_id">, sessionId: string) {
      const provider = providers.get(sessionId)
      if (provider === undefined) return
      const isOver = async (db: Query) => {
        const known = await coolDownOf(db, provider)
        return known !== undefined && !isResting(known, now(), longestMs)
      }
      if (!(await ledger.read(isOver))) return
      await ledger.transact(async (tx) => {
        if (await isOver(tx)) await endCoolDown(tx, provider, "answer", agent)
      })
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
