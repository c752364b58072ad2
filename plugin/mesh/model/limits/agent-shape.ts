import * as z from "zod"
import { longestDeadlineMs, mostOfAnything } from "./numbers.ts"
import { oneLine, oneLineRule } from "./texts.ts"

/** A text that stands in lists and headers. */
export const line = (most: number) => z.string().min(1).max(most).regex(oneLine, oneLineRule)
export const name = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_. -]{0,39}$/u, "1 to 40 letters, digits, - _ or .")
export const role = line(200)
export const prompt = z.string().min(1).max(200_000)

const positive = z.number().int().positive()
export const count = positive.max(mostOfAnything)
export const deadlineMs = positive.max(longestDeadlineMs)
export const budget = z
  .strictObject({
    tokens: count.optional(),
    cost_usd: z.number().positive().max(mostOfAnything).optional(),
    turns: count.optional(),
    duration_ms: deadlineMs.optional(),
  })
  .optional()

/** An agent that is asked for, by whichever call. */
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
  waits: z.boolean().optional(),
}

/** More would say nothing of an agent. */
export const mostSkills = 40

/** One of those that a fleet is spawned with. */
export const fleetAgent = z.strictObject({
  ...newAgent,
  skills: z.array(line(80)).max(mostSkills).optional(),
  directory: z.string().min(1).optional(),
})
