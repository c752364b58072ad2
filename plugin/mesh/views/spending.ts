import type { Query } from "../ledger/port.ts"
import type { SpendingPoint } from "./shown.ts"

/** As many steps as a plot has room for. */
const mostPoints = 160

interface Slot {
  slot: number
  tokens: number
  cost_usd: number
}

/**
 * What these fleets had spent by when, in all. Steps from before their time was kept count at the start
 * of their attempt.
 */
export const spendingOf = async (
  db: Query,
  fleetIds: readonly string[],
  from: number,
  until: number,
): Promise<SpendingPoint[]> => {
  const width = Math.max(1000, Math.ceil((until - from) / mostPoints))
  const slots = new Map<number, Slot>()
  for (const id of fleetIds)
    for (const each of await db.all<Slot>(
      `SELECT (COALESCE(u.at, t.started_at, a.created_at) - ?) / ? AS slot,
         sum(u.tokens) AS tokens, sum(u.cost_usd) AS cost_usd
       FROM agents a JOIN usage u ON u.agent_id = a.id
       LEFT JOIN attempts t ON t.agent_id = u.agent_id AND t.attempt = u.attempt
       WHERE a.fleet_id = ? GROUP BY 1 ORDER BY 1`,
      from,
      width,
      id,
    )) {
      const slot = Math.max(0, Math.floor(each.slot))
      const known = slots.get(slot) ?? { slot, tokens: 0, cost_usd: 0 }
      known.tokens += each.tokens
      known.cost_usd += each.cost_usd
      slots.set(slot, known)
    }
  let tokens = 0
  let costUsd = 0
  return [...slots.values()]
    .toSorted((a, b) => a.slot - b.slot)
    .map((each) => ({
      at: Math.min(until, from + (each.slot + 1) * width),
      tokens: (tokens += each.tokens),
      costUsd: (costUsd += each.cost_usd),
    }))
}
