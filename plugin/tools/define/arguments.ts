import { messageTypes } from "../../mesh/model/message.ts"
import { z } from "./define-tool.ts"

export {
  budget,
  count,
  deadlineMs,
  fleetAgent,
  line,
  name,
  newAgent,
  role,
} from "../../mesh/model/limits/agent-shape.ts"

/** Arguments that several tools share. */
export const fleetId = z.string().min(1)
export const agentId = z.string().min(1)
export const waitSeconds = z.number().min(0).max(600).optional()
export const messageType = z.enum(messageTypes)
/** What somebody adds in its own words. */
export const note = z.string().min(1).max(2000)
export const payload = z.union([z.string().min(1), z.looseObject({})])

/** What each field of `newAgent` is for. */
export const newAgentFields = {
  role: "what it does in the fleet, such as `Security reviewer`",
  prompt: "its task, with everything it needs to know",
  agent: "a specialist or an OpenCode agent; by default the lead's own",
  name: "how its peers address it; by default made from the role",
  model: "by default the lead's",
  budget: "what it may use; at 100 % it reports what it has and ends",
  worktree: "whether it gets a git worktree and branch of its own",
  waits: "whether it begins only with its first message, which it then reads with its task",
} as const

export const fleetAgentFields = {
  ...newAgentFields,
  skills: "what route_work should know of it, besides its specialist's skills",
  directory: "where it works; by default your directory",
} as const
