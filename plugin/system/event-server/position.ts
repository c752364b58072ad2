import type { Asked } from "./http.ts"
import { Refusal } from "./refusal.ts"

/**
 * Where a client reads on: the header wins, since EventSource sends it with the URL it began with. A
 * number that was never given out is refused: whoever has it would miss all that comes before it.
 */
export const positionOf = ({ header, query }: Asked, newest: number) => {
  const given = header("last-event-id") || query.get("last_event_id") || undefined
  if (given === undefined) return newest
  if (!/^\d{1,15}$/.test(given))
    throw new Refusal(
      400,
      "BAD_LAST_EVENT_ID",
      `Last-Event-ID "${given.slice(0, 40)}" is not the id of an event.`,
      "Send the id of the last event you have, or 0 for all there are.",
    )
  if (Number(given) > newest)
    throw new Refusal(
      400,
      "LAST_EVENT_ID_AHEAD",
      `Last-Event-ID ${Number(given)} was never given out: the newest is ${newest}.`,
      "This is another ledger than you have read. Begin again with 0.",
    )
  return Number(given)
}
