import type { ToldEvent } from "../../mesh/streams/history.ts"
import { renderDuration } from "./render-duration.ts"
import { oneLine } from "./render-text.ts"

// What another column says already, or a person has no use for.
const unsaid = new Set(["to", "role", "seq", "stop_mode"])

const mostText = 120

/** `+12s     message.sent     mapper → reviewer  handoff msg_…`, aligned for reading downwards. */
export const renderEvent = (event: ToldEvent, options: { withFleet: boolean }): string => {
  const time = event.afterMs === undefined ? "" : `+${renderDuration(event.afterMs)}`
  const who = event.to.length > 0 ? `${event.who} → ${event.to.join(", ")}` : event.who
  const details = Object.entries(event.data)
    .filter(([key, value]) => !unsaid.has(key) && value !== null && value !== event.who)
    .map(([key, value]) => detail(key, value))
  return [
    time.padEnd(8),
    ...(options.withFleet ? [(event.fleetId ?? "").padEnd(12)] : []),
    event.type.padEnd(20),
    oneLine(who).padEnd(24),
    details.join("  "),
  ]
    .join("  ")
    .trimEnd()
}

const detail = (key: string, value: unknown) => {
  if (key.endsWith("_ms") && typeof value === "number")
    return `${key.slice(0, -3)} ${renderDuration(value)}`
  const text = oneLine(typeof value === "string" ? value : JSON.stringify(value))
  const shown = text.length > mostText ? `${text.slice(0, mostText - 1)}…` : text
  return key === "message_id" || key === "type" ? shown : `${key} ${shown}`
}
