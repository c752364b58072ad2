/** What happened in a session, as a person reads it: one piece of a message each, oldest first. */
export interface SessionEntry {
  id: string
  /** Milliseconds since 1970; undefined where OpenCode keeps no time. */
  at: number | undefined
  kind: "prompt" | "text" | "reasoning" | "tool" | "error"
  text: string
  tool?: {
    name: string
    status: "pending" | "running" | "completed" | "error"
    /** As OpenCode shows it in the call's place. */
    title: string | undefined
    input: unknown
    duration_ms: number | undefined
  }
}
