import { createHash } from "node:crypto"
import type { Rule } from "./permission-rules.ts"

/** What a session may do at the moment of its call, as OpenCode judges it. */
export interface Rights {
  /** Its agent's rules, then its own: of those that match, the last one counts. */
  rules: readonly Rule[]
  /** Asks the person in front of the session, as OpenCode's own tools do. Rejects unless allowed. */
  ask(permission: string, patterns: readonly string[], details: object): Promise<void>
}

/** Who calls a tool, as the session tells it. Nothing in a call's arguments changes this. */
export interface Caller {
  /** The known session: the caller's own, or its nearest ancestor that the ledger knows. */
  sessionId: string
  project: string
  directory: string
  /** A sub-session or fork speaks for its ancestor: it may read and send, nothing else. */
  delegated: boolean
  /** The person at the keyboard, through the CLI. */
  human: boolean
  /** What the session runs as, and what agents of its fleet inherit. */
  agent: string | undefined
  model: string | undefined
  /** Set for a member of a fleet. */
  member: { agentId: string; name: string; fleetId: string } | undefined
  /** Known where a call may act; a person in a terminal has no bounds. */
  rights?: Rights | undefined
  /** Why it may read and nothing else: the session is not this process's to speak in. */
  readsOnly?: string | undefined
}

/** The person at the keyboard, as everything that speaks for one in this project calls them. */
export const personIn = (
  project: string,
  directory: string,
  runsAs: Pick<Caller, "agent" | "model"> = { agent: undefined, model: undefined },
): Caller => ({
  // The same in every shell of a project, so that what one spawned, another one leads.
  sessionId: `human:${createHash("sha256").update(project).digest("hex").slice(0, 12)}`,
  project,
  directory,
  delegated: false,
  human: true,
  ...runsAs,
  member: undefined,
})
