import { renderDuration } from "./render-duration.ts"
import { indent, oneLine, plainText } from "./render-text.ts"

export interface Peek {
  agent_id: string
  name: string
  fleet_id: string
  messages: readonly PeekedMessage[]
  /** Further ones that the limit left out. */
  remaining: number
  unacknowledged: number
  total: number
}

export interface PeekedMessage {
  id: string
  from: string
  type: string
  payload: unknown
  correlation_id?: string
  timestamp: string
  state: string
  /** When the delivery reached its state. */
  state_at: string
  tries: number
}

/** What lies in an inbox, each message with how far it has come. */
export const renderInbox = (peek: Peek, at: number): string[] => {
  const head = `${peek.name} (${peek.agent_id}) in ${peek.fleet_id}: ${peek.unacknowledged} unacknowledged of ${peek.total}`
  const messages = peek.messages.flatMap((message) => [
    "",
    [
      `${message.id}  ${message.type} from ${oneLine(message.from)}`,
      `sent ${renderDuration(at - Date.parse(message.timestamp))} ago`,
      `${message.state} ${renderDuration(at - Date.parse(message.state_at))} ago${message.tries > 1 ? `, ${message.tries} tries` : ""}`,
      ...(message.correlation_id === undefined
        ? []
        : [`correlation ${oneLine(message.correlation_id)}`]),
    ].join("  ·  "),
    indent(
      plainText(
        typeof message.payload === "string"
          ? message.payload
          : JSON.stringify(message.payload, null, 2),
      ),
    ),
  ])
  const more = peek.remaining > 0 ? ["", `${peek.remaining} more; --limit shows them.`] : []
  return [head, ...messages, ...more]
}
