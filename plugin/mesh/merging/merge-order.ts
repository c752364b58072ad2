import type { Query } from "../ledger/port.ts"
import { type TaskRow, tasksOfFleet } from "../ledger/tables/board/tasks.ts"

/** For each agent, whose work has to be in before its own. */
export type Dependencies = ReadonlyMap<string, readonly string[]>

/** What a fleet's board says of the order. */
export const dependenciesOf = async (db: Query, fleetId: string): Promise<Dependencies> =>
  dependenciesAmong(await tasksOfFleet(db, fleetId))

/** Whoever has done a task needs the work of whoever did those that it needs. */
export const dependenciesAmong = (
  tasks: readonly Pick<TaskRow, "number" | "needs" | "owner">[],
): Dependencies => {
  const ownerOf = new Map(tasks.map(({ number, owner }) => [number, owner]))
  const dependencies = new Map<string, string[]>()
  for (const { owner, needs } of tasks) {
    if (owner === null) continue
    const others = (JSON.parse(needs) as number[])
      .map((number) => ownerOf.get(number) ?? owner)
      .filter((other) => other !== owner)
    dependencies.set(owner, [...new Set([...(dependencies.get(owner) ?? []), ...others])])
  }
  return dependencies
}

interface Orderable {
  id: string
  ended_at: number | null
}

/**
 * The order asked for, else that in which they ended; in both, nobody comes before those it depends on.
 * Those that depend on each other come in the order they would have without.
 */
export const inMergeOrder = <Agent extends Orderable>(
  agents: readonly Agent[],
  dependencies: Dependencies,
  isOrderGiven: boolean,
): Agent[] => {
  const wanted = isOrderGiven
    ? agents
    : agents.toSorted((a, b) => (a.ended_at ?? Infinity) - (b.ended_at ?? Infinity))
  const byId = new Map(wanted.map((agent) => [agent.id, agent]))
  const ordered = new Set<Agent>()
  const open = new Set<string>()
  const visit = (agent: Agent) => {
    if (ordered.has(agent) || open.has(agent.id)) return
    open.add(agent.id)
    for (const id of dependencies.get(agent.id) ?? []) {
      const earlier = byId.get(id)
      if (earlier) visit(earlier)
    }
    open.delete(agent.id)
    ordered.add(agent)
  }
  for (const agent of wanted) visit(agent)
  return [...ordered]
}
