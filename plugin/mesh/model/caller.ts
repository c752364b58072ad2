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
}
