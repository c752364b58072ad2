import * as z from "zod"
import { messageTypes } from "../../mesh/model/message.ts"
import { anything, document, lines, text, time, whole } from "./output.ts"

const messageType = z.enum(messageTypes)

export const inboxOutputs = {
  one: document(
    "`inbox <agent>`",
    z.object({
      agent_id: text,
      name: text,
      fleet_id: text,
      unacknowledged: whole,
      total: whole,
      remaining: whole.describe("Left out by --limit"),
      messages: z.array(
        z.object({
          id: text,
          from: text.describe("Its name"),
          from_agent_id: text,
          to_agent_id: text,
          fleet_id: text,
          type: messageType,
          payload: anything.describe("A text, or JSON"),
          truncated: z.boolean().optional(),
          chars: whole.optional(),
          next: z.object({ message_id: text, offset: whole }).optional(),
          correlation_id: text.optional(),
          via: text.optional(),
          timestamp: time,
          acknowledged: z.boolean(),
          recipients: z.array(text).optional(),
          state: z.enum(["accepted", "parked", "injected", "seen", "acked"]),
          state_at: time,
          tries: whole,
        }),
      ),
    }),
  ),
}

export const sendOutputs = {
  one: document(
    "`send`",
    z.object({
      ok: z.literal(true).optional(),
      message_id: text,
      recipients: z.array(text).optional(),
      reads_it: text.optional().describe("When the agent that was named reads it"),
      fleet_id: text,
      type: messageType,
    }),
  ),
}

const entry = {
  at: time.nullable().describe("Null where OpenCode keeps no time"),
  kind: z.enum(["attempt", "mail", "prompt", "text", "reasoning", "tool", "answer", "error"]),
  title: text,
  text: text.optional(),
  state: text.optional().describe("Of a tool call or a delivery"),
  tool: text.optional(),
  input: anything.optional(),
  duration_ms: z.number().optional(),
  message_id: text.optional(),
  part_id: text.optional().describe("A line with a part_id seen before is that part, grown"),
}

export const logsOutputs = {
  one: document(
    "`logs <agent>`",
    z.object({
      agent_id: text,
      name: text,
      fleet_id: text,
      session_id: text.nullable(),
      transcript: z
        .enum(["host", "store"])
        .nullable()
        .describe("Where its session was read; null: not, and `missing` says why"),
      missing: text.optional(),
      entries: z.array(z.object(entry)).describe("Oldest first"),
    }),
  ),
  line: lines("`logs <agent> --follow`", z.object({ agent: text, ...entry })),
}

export const attachOutputs = {
  one: document(
    "`attach <agent>`, which then opens nothing",
    z.object({
      agent_id: text,
      session_id: text,
      host: text.nullable().describe("Null: it is gone, and the stored session opens"),
      command: z.array(text).describe("Without the host's password"),
    }),
  ),
}
