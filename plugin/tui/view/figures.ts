import { span, type Line } from "./line.ts"
import { ageAt, type ShownAgent } from "./snapshot.ts"
import type { Judged, Standing } from "./standing.ts"

/** "8s", "12m", "3h", "2d": the largest unit says enough in a narrow column. */
export const shortAge = (ms: number) => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

/** "950", "12k", "3.4M". */
export const shortCount = (count: number) => {
  if (count < 1000) return String(count)
  if (count < 9950) return `${(count / 1000).toFixed(1)}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

/** Nothing where nothing was spent, or the price is unknown. */
export const shortCost = (usd: number | null) => {
  if (!usd) return ""
  return usd < 0.01 ? "<$0.01" : `$${usd.toFixed(usd < 100 ? 2 : 0)}`
}

export const figuresOf = (agent: ShownAgent, lookedAt: number, now: number) => ({
  age:
    agent.status === "queued" && agent.attempts === 0 ? "" : shortAge(ageAt(agent, lookedAt, now)),
  tokens: agent.tokens > 0 ? shortCount(agent.tokens) : "",
  cost: shortCost(agent.cost_usd),
  unread: agent.unread > 0 ? `✉${agent.unread}` : "",
})

const totalsOf = (judged: readonly Judged[]) => {
  const agents = judged.map(({ agent }) => agent)
  const count = (...states: string[]) =>
    judged.filter(({ standing }) => states.includes(standing.state)).length
  return {
    asking: count("asks"),
    failed: count("failed"),
    stuck: count("lost", "silent"),
    working: count("works", "starting"),
    waiting: count("waits", "rests", "retries"),
    queued: count("queued"),
    done: count("done"),
    stopped: count("stopped"),
    tokens: agents.reduce((sum, { tokens }) => sum + tokens, 0),
    cost: agents.reduce((sum, { cost_usd }) => sum + (cost_usd ?? 0), 0),
    unread: agents.reduce((sum, { unread }) => sum + unread, 0),
  }
}

const parts = [
  ["asking", "asking", "warn"],
  ["failed", "failed", "bad"],
  ["stuck", "stuck", "warn"],
  ["working", "at work", "text"],
  ["waiting", "waiting", "muted"],
  ["queued", "queued", "muted"],
  ["done", "done", "good"],
  ["stopped", "stopped", "muted"],
] as const

/** "1 asking · 2 at work · 34k · $0.12": who needs somebody comes first. */
export const sumLine = (judged: readonly Judged[]): Line => {
  const totals = totalsOf(judged)
  const told = [
    ...parts.flatMap(([key, words, tone]) =>
      totals[key] > 0 ? [span(`${totals[key]} ${words}`, tone)] : [],
    ),
    ...(totals.tokens > 0 ? [span(shortCount(totals.tokens), "muted")] : []),
    ...(totals.cost > 0 ? [span(shortCost(totals.cost), "muted")] : []),
    ...(totals.unread > 0 ? [span(`✉${totals.unread}`, "muted")] : []),
  ]
  return told.flatMap((each, index) => (index === 0 ? [each] : [span(" · ", "muted"), each]))
}

/** What is folded away: "… 50 more: 40 queued, 10 done". */
export const foldedLine = (folded: readonly Standing[]): Line => {
  const counts = Map.groupBy(folded, ({ state }) => state)
  const told = [...counts].map(([state, all]) => `${all.length} ${state}`).join(", ")
  return [span(`… ${folded.length} more: ${told}`, "muted")]
}
