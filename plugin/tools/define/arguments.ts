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

/** What each of them is for. */
export const newAgentFields = {
  role: "what it does in the fleet, such as `Security reviewer`",
  prompt: "its task, with everything it needs to know",
  agent: "a specialist or an OpenCode agent; by default the lead's own",
  name: "how its peers address it; by default made from the role",
  model: "by default the lead's",
  budget: "what it may use; at 100 % it reports what it has and ends",
  worktree: "whether it gets a git worktree and branch of its own",
} as const
