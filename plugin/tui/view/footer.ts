import { sumLine } from "./figures.ts"
import { fit, type Line, span, spread, tame } from "./line.ts"
import type { Snapshot } from "./snapshot.ts"
import { byNeed, calm } from "./standing.ts"

/** Where a window is too narrow for the panel: how it stands, and who needs somebody, in one line. */
export const renderFooter = ({ fleets }: Snapshot, now: number, columns: number): Line => {
  const running = fleets.filter(({ fleet }) => fleet.status === "running")
  if (running.length === 0) return []
  const judged = byNeed(
    running.flatMap(({ agents }) => agents),
    now,
  )
  const [worst] = judged
  const trouble =
    worst && worst.standing.need < calm
      ? [
          span("  "),
          span(
            `${worst.standing.mark} ${tame(worst.agent.name)} ${worst.standing.state}: ${worst.standing.doing}`,
            worst.standing.tone,
          ),
        ]
      : []
  const name = running.length === 1 ? tame(running[0]!.fleet.name) : `${running.length} fleets`
  return spread(
    fit([span(` ${name}  `, "text", true), ...sumLine(judged), ...trouble], columns),
    columns >= 60 ? [span("/fleets ", "muted")] : [],
    columns,
  )
}
