import type { Caller } from "./caller.ts"
import type { Rule } from "./permission-rules.ts"

/** What the mesh needs to know of OpenCode before it accepts an agent. Throws for unknown values. */
export interface DraftChecks {
  /** The agent's canonical name and the skills it brings. UNKNOWN_SPECIALIST with near matches. */
  resolveAgent(name: string): Promise<{ agent: string; skills: readonly string[] }>
  /** "provider/model". UNKNOWN_MODEL with near matches. */
  checkModel(model: string): Promise<void>
  /** What the caller's own agent may do: its members never get more. */
  leadRules(caller: Caller): Promise<readonly Rule[]>
  /** Absolute path. UNKNOWN_DIRECTORY. */
  checkDirectory(path: string, base: string): Promise<string>
}
