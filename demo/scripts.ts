import type { Step } from "../scripted-model/types.ts"
import { lead } from "./scripts/lead.ts"
import { maker } from "./scripts/maker.ts"
import { mapper } from "./scripts/mapper.ts"
import { reviewer } from "./scripts/reviewer.ts"
import { securityReviewer } from "./scripts/security-reviewer.ts"

/**
 * The scripted agents, by name. Each is one function from the conversation so far to the next turn:
 * what it says comes from what its tools really answered, and an agent that is killed goes on where
 * its conversation ends.
 */
export const scripts: Record<string, Step[]> = {
  lead: [lead],
  mapper: [mapper],
  reviewer: [reviewer],
  maker: [maker],
  "security-reviewer": [securityReviewer],
}
