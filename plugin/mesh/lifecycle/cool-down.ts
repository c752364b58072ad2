import type { Tx } from "../ledger/port.ts"
import {
  type CoolDown,
  coolDownOf,
  deleteCoolDown,
  writeCoolDown,
  writeTrial,
} from "../ledger/tables/cooldowns.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"

/**
 * Whether a provider's words are about how much is asked of it. OpenCode's retry status has nothing
 * but these words; its errors end in the HTTP status as well.
 */
export const isRateLimit = (text: string) =>
  /\bHTTP 429\b|\b429\b|rate.?limit|too.?many.?(?:requests|tokens)|(?:usage|request) limit|\bquota\b|resource.{0,10}exhausted|throttl/i.test(
    text,
  )

/**
 * OpenCode's own next try needs a moment to be refused again: without it every refusal would leave a
 * gap in which new agents start.
 */
const graceMs = 2000

/** While a session waits to try again. */
export const restUntil = (nextTryAt: number) => nextTryAt + graceMs

/** After OpenCode gave up: as the provider wishes, and longer with each attempt that met it. */
export const restAfter = (
  at: number,
  attempt: number,
  baseMs: number,
  retryAfterMs: number | undefined,
) => at + Math.max(retryAfterMs ?? 0, baseMs * 2 ** Math.max(0, attempt - 1))

/** "anthropic/claude" → "anthropic". An agent without a model of its own is not held back. */
export const providerOf = (model: string | null) => model?.split("/", 1)[0]

/** Time for a host to come up and its agent to get an answer; after that nobody waits for it any more. */
const trialMs = 120_000

/** No longer than allowed, whatever the row says: one from an earlier version has no beginning. */
export const endOf = ({ since, until }: CoolDown, longestMs: number) =>
  Math.min(until, since + longestMs)

export const isResting = (rest: CoolDown, at: number, longestMs: number) => {
  const leftMs = endOf(rest, longestMs) - at
  // One that is to last longer than any may was written by a wrong clock.
  return leftMs > 0 && leftMs <= longestMs
}

/** What keeps an agent that could start from starting, and until when. */
export const restOf = (
  agent: Pick<AgentRow, "id" | "model">,
  coolDowns: ReadonlyMap<string, CoolDown>,
  at: number,
  longestMs: number,
): { provider: string; until: number; reason: string } | undefined => {
  const rest = coolDowns.get(providerOf(agent.model) ?? "")
  if (!rest) return undefined
  const { provider, reason, tried_by, tried_until } = rest
  if (isResting(rest, at, longestMs)) return { provider, until: endOf(rest, longestMs), reason }
  return tried_by === null || tried_by === agent.id || tried_until! <= at
    ? undefined
    : { provider, until: tried_until!, reason: `${reason}; ${tried_by} tries it first` }
}

/** The provider that an agent would be the first to try after its rest. */
export const untriedProvider = (
  agent: Pick<AgentRow, "model">,
  coolDowns: ReadonlyMap<string, CoolDown>,
) => {
  const rest = coolDowns.get(providerOf(agent.model) ?? "")
  return rest?.tried_by === null ? rest.provider : undefined
}

/**
 * Every process of the mesh lets the provider rest until then, or for as long as the longest rest; a
 * later end replaces an earlier one. Returns for how long if the provider was not resting before.
 */
export const beginCoolDown = async (
  tx: Tx,
  { provider, until, reason }: Pick<CoolDown, "provider" | "until" | "reason">,
  longestMs: number,
): Promise<number | undefined> => {
  const known = await coolDownOf(tx, provider)
  const before = known && isResting(known, tx.at, longestMs) ? known : undefined
  const since = before?.since ?? tx.at
  // Not a number: the longest rest, since the provider did ask for one.
  const end = Math.min(Number.isNaN(until) ? Infinity : until, since + longestMs)
  if (!before || end > endOf(before, longestMs))
    await writeCoolDown(tx, { provider, since, until: end, reason })
  return before ? undefined : end - tx.at
}

/** Whether an agent may start now: of those that wait for one provider only the first, until that has an answer. */
export const mayTry = async (tx: Tx, agent: Pick<AgentRow, "id" | "model">) => {
  const rest = await coolDownOf(tx, providerOf(agent.model) ?? "")
  // Whether a rest lets it start, the plan has decided.
  if (!rest || rest.until > tx.at || rest.tried_by === agent.id) return true
  if (rest.tried_by !== null) return rest.tried_until! <= tx.at
  await writeTrial(tx, rest.provider, agent.id, tx.at + trialMs)
  return true
}

/** The provider answers again, or a person says so: whoever waits for it may start. */
export const endCoolDown = async (
  tx: Tx,
  provider: string,
  by: "answer" | "person",
  agent?: Pick<AgentRow, "id" | "fleet_id">,
) => {
  const rest = await coolDownOf(tx, provider)
  if (!rest) return
  await deleteCoolDown(tx, provider)
  await appendEvent(tx, {
    type: "provider.rest_ended",
    ...(agent && { fleetId: agent.fleet_id, agentId: agent.id }),
    data: { provider, ...(rest.since > 0 && { rested_ms: tx.at - rest.since }), by },
  })
}
