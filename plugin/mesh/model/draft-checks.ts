import type { Caller } from "./caller.ts"
import type { Rule } from "./permission-rules.ts"

export interface KnownAgent {
  /** Its canonical name. */
  agent: string
  /** What else it is called. */
  names?: readonly string[]
  /** What it brings. */
  skills: readonly string[]
}

/** What the mesh needs to know of OpenCode before it accepts an agent. Throws for unknown values. */
export interface DraftChecks {
  /** What is known of an agent by one of its names. UNKNOWN_SPECIALIST with near matches. */
  resolveAgent(name: string): Promise<KnownAgent>
  /** "provider/model". UNKNOWN_MODEL with near matches. */
  checkModel(model: string): Promise<void>
  /** What the caller's own agent may do: its members never get more. */
  leadRules(caller: Caller): Promise<readonly Rule[]>
  /** Absolute path. UNKNOWN_DIRECTORY. */
  checkDirectory(path: string, base: string): Promise<string>
}
