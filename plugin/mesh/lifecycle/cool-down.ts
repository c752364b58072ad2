import type { CoolDown } from "../ledger/tables/cooldowns.ts"
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

/** What keeps an agent that could start from starting. */
export const restOf = (
  agent: Pick<AgentRow, "model">,
  coolDowns: ReadonlyMap<string, CoolDown>,
  at: number,
): CoolDown | undefined => {
  const rest = coolDowns.get(providerOf(agent.model) ?? "")
  return rest && rest.until > at ? rest : undefined
}
