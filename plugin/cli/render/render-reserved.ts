import { renderDuration } from "./render-duration.ts"
import { renderTable } from "./render-table.ts"

interface ReservedLine {
  pattern: string
  mode: "exclusive" | "shared"
  who: string
  reason: string
  until: number
}

/** Which files are reserved, by whom, for how long and why: a head, and one line for each. */
export const renderReserved = (reserved: readonly ReservedLine[], at: number, width = Infinity) =>
  renderTable(
    [{ title: "RESERVED" }, { title: "BY" }, { title: "LEFT", right: true }, { title: "WHY" }],
    reserved.map(({ pattern, mode, who, reason, until }) => [
      mode === "shared" ? `${pattern} (shared)` : pattern,
      who,
      renderDuration(until - at),
      reason,
    ]),
    width,
  )
