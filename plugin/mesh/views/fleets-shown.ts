import { costOf } from "../fleets/fleet-status.ts"
import type { Query } from "../ledger/port.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { parseBudget, tightest } from "../lifecycle/budget.ts"
import type { AgentStatus } from "../model/agent.ts"
import { mapInOrder } from "../model/in-order.ts"
import type { FleetShown } from "./shown.ts"

interface Sums {
  status: AgentStatus
  agents: number
  tokens: number
  cost_usd: number
  turns: number
}

const columnOf = (status: AgentStatus): keyof FleetShown["counts"] =>
  status === "starting" || status === "interrupted" ? "running" : status

const sumsOf = (db: Query, fleetId: string) =>
  db.all<Sums>(
    `SELECT status, count(*) AS agents, sum(tokens) AS tokens, sum(cost_usd) AS cost_usd,
       sum(turns) AS turns
     FROM agents WHERE fleet_id = ? GROUP BY status`,
    fleetId,
  )

/** Fleets with what their agents come to. One that has ended is summed up once. */
export const createFleetSums = () => {
  const ended = new Map<string, { endedAt: number; sums: Sums[] }>()
  const sums = async (db: Query, { id, ended_at }: FleetRow) => {
    const known = ended.get(id)
    if (known && known.endedAt === ended_at) return known.sums
    const found = await sumsOf(db, id)
    if (ended_at === null) ended.delete(id)
    else ended.set(id, { endedAt: ended_at, sums: found })
    return found
  }
  return (db: Query, rows: readonly FleetRow[], at: number): Promise<FleetShown[]> =>
    mapInOrder(rows, async (fleet) => showFleet(fleet, await sums(db, fleet), at))
}

const showFleet = (fleet: FleetRow, sums: readonly Sums[], at: number): FleetShown => {
  const counts = { queued: 0, running: 0, complete: 0, failed: 0, cancelled: 0 }
  const all = { agents: 0, tokens: 0, cost_usd: 0, turns: 0 }
  for (const each of sums) {
    counts[columnOf(each.status)] += Number(each.agents)
    for (const field of ["agents", "tokens", "cost_usd", "turns"] as const)
      all[field] += Number(each[field])
  }
  const budget = parseBudget(fleet.budget)
  const spent = {
    tokens: all.tokens,
    cost_usd: all.cost_usd,
    turns: all.turns,
    // To the minute: a second more is no news.
    duration_ms: Math.floor((fleet.ran_ms + runs(fleet, at)) / 60_000) * 60_000,
  }
  const most = budget && tightest(budget, spent)
  return {
    id: fleet.id,
    name: fleet.name,
    project: fleet.project,
    status: fleet.status,
    createdAt: fleet.created_at,
    endedAt: fleet.ended_at,
    agents: all.agents,
    counts,
    tokens: all.tokens,
    costUsd: costOf(all),
    budget: most ? { kind: most.kind, spent: most.spent, limit: most.limit } : null,
    timeoutAt: fleet.timeout_at,
  }
}

const runs = (fleet: FleetRow, at: number) =>
  fleet.status === "running" ? at - (fleet.resumed_at ?? fleet.created_at) : 0
