import { environmentNames as names } from "../mesh-environment.ts"
import type { ProcessRow } from "./process-table.ts"

/** Of an agent, of OpenCode itself (null), or not to be told (undefined). */
type Owner = string | null | undefined

/**
 * Whose process is whose, among those of one host: by its own environment, else by what it came from,
 * else by who else is in its session, else by whose shell command alone was running when it started.
 */
export const ownersIn = (
  rows: readonly ProcessRow[],
  hostPid: number,
  startedFor: (startedAt: number) => string | undefined,
) => {
  const byPid = new Map(rows.map((row) => [row.pid, row]))
  const bySession = Map.groupBy(rows, ({ session }) => session)
  const known = new Map<ProcessRow, Owner>()
  const ownerOf = (row: ProcessRow): Owner => {
    if (!known.has(row)) {
      // A loop in what we read must end.
      known.set(row, undefined)
      known.set(row, find(row))
    }
    return known.get(row)
  }
  const find = (row: ProcessRow): Owner => {
    if (row.pid === hostPid) return null
    const own = namedBy(row)
    if (own !== undefined) return own
    const parent = byPid.get(row.parent)
    const inherited = parent && parent.pid !== hostPid ? ownerOf(parent) : undefined
    if (inherited !== undefined) return inherited
    const others = (bySession.get(row.session) ?? []).filter(({ pid }) => pid !== hostPid)
    return others.map(namedBy).find((owner) => owner !== undefined) ?? startedFor(row.startedAt)
  }
  return ownerOf
}

const namedBy = ({ environment }: ProcessRow): Owner => {
  const valueOf = (name: string) =>
    environment.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) || undefined
  const agent = valueOf(names.agent)
  if (agent !== undefined) return Buffer.from(agent, "latin1").toString()
  return valueOf(names.host) === undefined ? undefined : null
}
