import * as z from "zod"
import { messageTypes } from "../../model/message.ts"

/**
 * What agent-mesh keeps: collections by id, the same in its JSON file and as JSON in the tables of its
 * SQLite file. A version of its schema only ever added fields, so one reader does for all; what it
 * does not know is not looked at.
 */

/** Of the JSON file: none (before 0.8), 1, and 2 (receipts; the SQLite file). */
export const newestVersion = 2

const at = z
  .number()
  .min(0)
  .max(8.64e15)
  .transform((ms) => Math.round(ms))
const maybe = <T extends z.ZodType>(type: T) => type.nullish().transform((value) => value ?? null)
// Half of a surrogate pair is no text that a database could keep.
const text = z.string().transform((value) => value.toWellFormed())
const id = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), "one line of text")

const fleet = z.object({
  id,
  status: z.enum(["pending", "running", "complete", "failed"]),
  created_at: at,
  completed_at: maybe(at),
})

const agent = z.object({
  id,
  fleet_id: id,
  role: text,
  prompt: text,
  agent_file: maybe(text),
  status: z.enum(["pending", "running", "complete", "failed", "interrupted"]),
  output: maybe(text),
  error: maybe(text),
  started_at: maybe(at),
  completed_at: maybe(at),
  runtime_model: maybe(text),
})

const message = z.object({
  id,
  from_agent_id: id,
  to_agent_id: id,
  fleet_id: id,
  type: z.enum(messageTypes),
  payload: text,
  correlation_id: maybe(text),
  timestamp: at,
  acknowledged: maybe(z.boolean()),
  recipients: maybe(z.array(id)),
})

const receipt = z.object({
  message_id: id,
  agent_id: id,
  action: id,
  timestamp: at,
  note: maybe(text),
})

const ratification = z.object({
  message_id: id,
  fleet_id: id,
  subject: text,
  quorum: z.int().min(1),
  voters: z.array(id),
  required_signoffs: maybe(z.array(id)),
  opened_at: at,
  deadline: maybe(at),
  silence_policy: z.enum(["abstain", "approve"]),
  status: z.enum(["open", "ratified", "rejected", "expired"]),
  resolved_at: maybe(at),
  weights: maybe(z.record(z.string(), z.int().min(1))),
})

/** Every row is filed under its own id, so none is there twice. */
const byId = <Row extends Record<string, unknown>>(of: z.ZodType<Row>, key: keyof Row & string) =>
  z.record(z.string(), of).superRefine((rows, context) => {
    for (const [filed, row] of Object.entries(rows))
      if (row[key] !== filed)
        context.addIssue({
          code: "custom",
          path: [filed],
          message: `it is filed under another ${key}`,
        })
  })

const collection = <T extends z.ZodType>(of: T) => z.record(z.string(), of).nullish()

export const agentMesh = z.object({
  schema_version: z.int().min(0).max(newestVersion).nullish(),
  fleets: byId(fleet, "id"),
  agents: byId(agent, "id"),
  messages: byId(message, "id").nullish(),
  receipts: collection(receipt),
  ratifications: byId(ratification, "message_id").nullish(),
  capabilities: collection(z.unknown()),
  templates: collection(z.unknown()),
})

export type AgentMesh = z.infer<typeof agentMesh>
export type TheirAgent = z.infer<typeof agent>
export type TheirMessage = z.infer<typeof message>
export type TheirReceipt = z.infer<typeof receipt>
export type TheirRatification = z.infer<typeof ratification>

/** The tables of its SQLite file: one per collection, and the column of each that holds the key. */
export const theirTables = {
  fleets: "id",
  agents: "id",
  messages: "id",
  receipts: "key",
  ratifications: "message_id",
  capabilities: "agent_id",
  templates: "key",
} as const
