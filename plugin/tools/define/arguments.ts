import { messageTypes } from "../../mesh/model/message.ts"
import { z } from "./define-tool.ts"

/** Arguments that several tools share. */
export const fleetId = z.string().min(1)
export const agentId = z.string().min(1)
export const waitSeconds = z.number().min(0).max(600).optional()
export const messageType = z.enum(messageTypes)
export const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_. -]{0,39}$/u, "1 to 40 letters, digits, - _ or .")
export const role = z.string().min(1).max(200)
export const prompt = z.string().min(1).max(200_000)

export const positive = z.number().int().positive()
export const budget = z
  .strictObject({
    tokens: positive.optional(),
    cost_usd: z.number().positive().optional(),
    turns: positive.optional(),
    duration_ms: positive.optional(),
  })
  .optional()

export const newAgent = {
  role,
  prompt,
  agent: z.string().min(1).optional(),
  name: name.optional(),
  model: z
    .string()
    .regex(/^[^/\s]+\/\S+$/, "written provider/model")
    .optional(),
  budget,
  worktree: z.boolean().optional(),
}
