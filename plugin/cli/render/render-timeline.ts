import type { AgentStatus, FleetStatus } from "../../mesh/model/agent.ts"
import { renderDuration } from "./render-duration.ts"
import { cutTo, oneLine } from "./render-text.ts"
import { span, type StyledLine } from "./styled.ts"

export interface Timeline {
  fleet: {
    fleet_id: string
    name: string
    status: FleetStatus
    created_at: string
    completed_at?: string
  }
  agents: { agent_id: string; name: string; role: string; status: AgentStatus }[]
  entries: TimelineEntry[]
}

/** A message, or something that happened to an agent or the fleet. */
export interface TimelineEntry {
  at: string
  kind: "message" | "event"
  /** Of the message or the event. */
  type: string
  from?: string
  to?: string[]
  message_id?: string
  text?: string
  correlation_id?: string
  acknowledged?: boolean
  data?: Record<string, unknown>
}

const mostText = 2000

/** One line for each, from the fleet's beginning on. */
export const renderTimeline = ({ fleet, entries }: Timeline, columns = Infinity): StyledLine[] => [
  [
    span(`${fleet.fleet_id}  ${oneLine(fleet.name)}: ${fleet.status}`, "bold"),
    span(`  since ${fleet.created_at}`, "dim"),
  ],
  ...entries.map((entry): StyledLine => {
    const after = renderDuration(Date.parse(entry.at) - Date.parse(fleet.created_at))
    const time = span(`+${after}`.padEnd(9), "dim")
    if (entry.kind === "event") {
      const why = entry.data?.["code"] ?? entry.data?.["wanted"] ?? entry.data?.["status"]
      const text = [entry.type, entry.from, typeof why === "string" && why].filter(Boolean)
      return [time, span(cutTo(oneLine(text.join("  ")), columns - 9), "dim")]
    }
    const way = `${oneLine(entry.from ?? "")} → ${(entry.to ?? []).map(oneLine).join(", ")}`
    const said = oneLine((entry.text ?? "").slice(0, mostText))
    const room = Math.max(10, columns - 9)
    const head = cutTo(`${way}  `, room)
    const type = `${entry.type}${entry.acknowledged ? "" : " (unread)"}: `
    const left = room - head.length - type.length
    return [time, span(head, "cyan"), span(type), span(left > 3 ? cutTo(said, left) : "")]
  }),
]
