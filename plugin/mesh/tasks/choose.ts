import type { Ledger } from "../ledger/ledger.ts"
import { capabilitiesOf } from "../ledger/tables/capabilities.ts"
import type { TaskRow } from "../ledger/tables/board/tasks.ts"
import type { Caller } from "../model/caller.ts"
import type { Ranker } from "../work.ts"

/** The tasks in the order in which they fit an agent. */
export type Choice = (
  member: NonNullable<Caller["member"]>,
  tasks: readonly TaskRow[],
) => Promise<readonly TaskRow[]>

/** By route_work's router, asked the other way round: which task fits this role and these skills. */
export const createChoice =
  ({ ledger, ranker }: { ledger: Ledger; ranker: Ranker }): Choice =>
  async (member, tasks) => {
    if (tasks.length < 2) return tasks
    const known = await ledger.read((db) => capabilitiesOf(db, member.agentId))
    const abilities = known.flatMap(({ role, skills }) => [
      role,
      ...(JSON.parse(skills) as string[]),
    ])
    const { matches } = await ranker.rank(
      { description: abilities.join(", ") || member.name, top: tasks.length },
      {
        agents: tasks.map(({ number, title, description }) => ({
          kind: "agent" as const,
          id: String(number),
          role: title,
          title,
          ...(description !== null && { description }),
          skills: [],
        })),
        roster: false,
      },
      () => ({ successes: 0, failures: 0 }),
    )
    const places = new Map(matches.map(({ id }, place) => [Number(id), place]))
    const placeOf = ({ number }: TaskRow) => places.get(number) ?? tasks.length
    // Of those that fit alike, the one that was written first.
    return tasks.toSorted((a, b) => placeOf(a) - placeOf(b) || a.number - b.number)
  }
