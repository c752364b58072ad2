import { renderDuration } from "../render/render-duration.ts"
import type { FleetStatus } from "../render/render-fleet.ts"
import { cutTo, oneLine } from "../render/render-text.ts"
import { span, type StyledLine } from "../render/styled.ts"
import type { Key } from "../terminal/keys.ts"
import { rank } from "./attention.ts"

/** Fleets with somebody in need first, else as they come: the newest first. */
const ranked = (fleets: readonly FleetStatus[], at: number) =>
  fleets
    .map(({ fleet, agents }) => {
      const urgent = rank(agents, at).filter(({ attention }) => attention?.isUrgent)
      return { fleet, agents, urgent }
    })
    .toSorted((a, b) => Number(b.urgent.length > 0) - Number(a.urgent.length > 0))

/** The fleet that Enter opens. */
export const chosenOf = (
  fleets: readonly FleetStatus[],
  selected: string | undefined,
  at: number,
): string | undefined => {
  const ids = ranked(fleets, at).map(({ fleet }) => fleet.fleet_id)
  return selected !== undefined && ids.includes(selected) ? selected : ids[0]
}

/** Two rows for each fleet: how it stands, and who needs somebody. Pure. */
export const renderChoice = (
  fleets: readonly FleetStatus[],
  selected: string | undefined,
  { columns, rows }: { columns: number; rows: number },
  at: number,
): StyledLine[] => {
  const chosen = chosenOf(fleets, selected, at)
  const all = ranked(fleets, at)
  const room = Math.max(1, Math.floor((rows - 3) / 2))
  const index = all.findIndex(({ fleet }) => fleet.fleet_id === chosen)
  const from = Math.max(0, Math.min(all.length - room, index - Math.floor(room / 2)))
  const body = all.slice(from, from + room).flatMap(({ fleet, agents, urgent }): StyledLine[] => {
    const counts = Map.groupBy(agents, ({ status }) => status)
    const standing = [...counts].map(([status, { length }]) => `${length} ${status}`).join(", ")
    const age = renderDuration(at - Date.parse(fleet.created_at))
    const isChosen = fleet.fleet_id === chosen
    const line = `${isChosen ? "> " : "  "}${oneLine(fleet.name)}  ${fleet.fleet_id}  for ${age}  ${standing}`
    const [first, ...others] = urgent
    const more = others.length > 0 ? `, and ${others.length} more` : ""
    return [
      [span(cutTo(line, columns), "bold", ...(isChosen ? (["inverse"] as const) : []))],
      first
        ? [
            span("    ! ", "red", "bold"),
            span(
              cutTo(`${oneLine(first.agent.name)} ${first.attention!.why}${more}`, columns - 6),
              "yellow",
            ),
          ]
        : [span(cutTo("    nobody is stuck or waits for a person", columns), "green")],
    ]
  })
  const title =
    all.length === 0
      ? "No fleet is running. One is shown here as soon as it starts."
      : `${all.length} fleets are running.`
  const top: StyledLine[] = [[span(cutTo(title, columns), "bold")], "", ...body]
  const blanks = Array.from({ length: Math.max(0, rows - top.length - 1) }, () => "")
  return [
    ...top,
    ...blanks,
    [span(cutTo(all.length === 0 ? "q leave" : "Enter watch · q leave", columns), "dim")],
  ].slice(0, rows)
}

/** One key. */
export const pressChoice = (
  fleets: readonly FleetStatus[],
  selected: string | undefined,
  key: Key,
  at: number,
): { selected: string | undefined; act?: "open" | "leave" } => {
  const ids = ranked(fleets, at).map(({ fleet }) => fleet.fleet_id)
  const chosen = chosenOf(fleets, selected, at)
  const name = "name" in key ? key.name : { j: "down", k: "up", q: "escape" }[key.text]
  if (name === "escape") return { selected: chosen, act: "leave" }
  if (name === "enter" && chosen !== undefined) return { selected: chosen, act: "open" }
  const by = { up: -1, down: 1, home: -ids.length, end: ids.length }[name ?? ""] ?? 0
  const to = Math.max(0, Math.min(ids.length - 1, ids.indexOf(chosen ?? "") + by))
  return { selected: ids[to] }
}
