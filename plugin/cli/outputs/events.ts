import * as z from "zod"
import { document, facts, lines, text, time, whole } from "./output.ts"

export const event = z.object({
  seq: whole,
  at: time,
  type: text.describe("One of events.md, which lists the fields of `data` too"),
  fleet_id: text.nullable(),
  agent_id: text.nullable(),
  agent: text.optional().describe("Its name"),
  data: facts,
})

export const eventsOutputs = {
  all: document("`events`", z.object({ events: z.array(event).describe("Oldest first") })),
  line: lines("`events --follow`", event),
}

export const streamOutputs = {
  line: lines(
    "`stream`, once, then it serves",
    z.object({ stream_url: text, token_file: text, expires_at: time }),
  ),
}
