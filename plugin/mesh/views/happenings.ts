import type { Query } from "../ledger/port.ts"
import type { EventRow } from "../ledger/tables/rows.ts"
import type { Teller, ToldEvent } from "../streams/history.ts"
import { cut } from "../prompts.ts"
import type { Happening } from "./shown.ts"

/** Where each message has got to is three events more a message, and is drawn by nobody; nor are steps. */
const drawn = `type NOT IN ('message.injected', 'message.seen', 'message.acked', 'fleet.supervised', 'fleet.bound', 'step.taken', 'tool.called')`

/** Of a long history only the end is drawn: an hour of a busy fleet. */
export const mostHappenings = 4000

/** The newest that a fleet has after a number, oldest first. */
const rowsAfter = async (db: Query, fleetId: string, after: number) =>
  (
    await db.all<EventRow>(
      `SELECT * FROM events WHERE fleet_id = ? AND seq > ? AND ${drawn} ORDER BY seq DESC LIMIT ?`,
      fleetId,
      after,
      mostHappenings,
    )
  ).toReversed()

/** So many of the newest messages are told with their words. */
const mostExcerpts = 400
const excerptCharacters = 200

export const happeningsAfter = async (
  db: Query,
  teller: Teller,
  fleetId: string,
  after: number,
): Promise<Happening[]> => {
  const rows = await rowsAfter(db, fleetId, after)
  const told: Happening[] = []
  for (const [index, row] of rows.entries()) {
    const event = await teller.tell(db, row)
    const withWords = row.type === "message.sent" && rows.length - index <= mostExcerpts
    told.push({
      seq: row.seq,
      at: row.at,
      type: row.type,
      fleetId,
      agentId: row.agent_id,
      who: event.who,
      to: row.type === "message.sent" ? (event.data["to"] as string[]) : [],
      text: withWords ? await excerptOf(db, String(event.data["message_id"])) : wordsOf(event),
      kind: row.type === "message.sent" ? String(event.data["type"]) : null,
    })
  }
  return told
}

const excerptOf = async (db: Query, messageId: string) => {
  const message = await db.get<{ words: string; chars: number }>(
    "SELECT substr(payload, 1, ?) AS words, length(payload) AS chars FROM messages WHERE id = ?",
    excerptCharacters,
    messageId,
  )
  if (!message) return ""
  const words = message.words.replace(/\s+/g, " ")
  return message.chars > excerptCharacters ? `${words}…` : words
}

/** What an event says beside its name: its values, the most telling first. */
const wordsOf = ({ data }: ToldEvent) => {
  const fields = ["wanted", "code", "detail", "reason", "cause", "activity", "call", "subject"]
  const words = fields.flatMap((field) => {
    const value = data[field]
    return typeof value === "string" && value !== "" ? [value] : []
  })
  return cut(words.join(": ").replace(/\s+/g, " "), excerptCharacters)
}
