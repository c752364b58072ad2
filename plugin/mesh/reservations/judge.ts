import type { ReservationMode, ReservationRow } from "../ledger/tables/files/reservations.ts"
import { overlap } from "./patterns.ts"

type Held = Pick<ReservationRow, "agent_id" | "pattern" | "mode">

/** Who keeps an agent from reserving: those of others that overlap, unless both are shared. */
export const inTheWay = <Row extends Held>(
  held: readonly Row[],
  agentId: string,
  wish: { pattern: string; mode: ReservationMode },
): Row[] =>
  held.filter(
    (each) =>
      each.agent_id !== agentId &&
      !(each.mode === "shared" && wish.mode === "shared") &&
      overlap(each.pattern, wish.pattern),
  )

/** Who keeps an agent from editing a file: an exclusive one of another, and a shared one it has no part in. */
export const closedBy = <Row extends Held>(
  held: readonly Row[],
  agentId: string,
  path: string,
): Row[] => {
  const over = held.filter(({ pattern }) => overlap(pattern, path))
  const isSharer = over.some(({ agent_id }) => agent_id === agentId)
  return over.filter(
    ({ agent_id, mode }) => agent_id !== agentId && (mode === "exclusive" || !isSharer),
  )
}
