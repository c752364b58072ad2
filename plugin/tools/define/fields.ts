/** Fields, each with what it says; those of the objects in a list stand in brackets. */
export type Fields = {
  readonly [Name in string]: string | Fields | readonly [Fields]
}

type NameIn<T> = T extends unknown ? keyof T : never
type ValueIn<T, Name> = T extends unknown ? (Name extends keyof T ? T[Name] : never) : never
type Described<V> = V extends readonly (infer Each)[]
  ? string | (Each extends object ? readonly [FieldsOf<Each>] : never)
  : V extends object
    ? string | FieldsOf<V>
    : string

/** Every field that a value of this type may have: one that is left out is a type error. */
export type FieldsOf<T> = {
  readonly [Name in NameIn<T>]: Described<Exclude<ValueIn<T, Name>, null | undefined>>
}

/** What several tools take or answer. */
export const agentFields = {
  agent_id: "the agent's id",
  name: "its name in the fleet",
  role: "its role",
  agent: "the OpenCode agent or specialist it runs as",
  status: "`queued`, `starting`, `running`, `interrupted`, `complete`, `failed` or `cancelled`",
} as const

export const meantFleet = "by default your only fleet, or the one that fits"
export const costField = "as OpenCode counts it; `null` when the model has no known price"
export const wait = "how long to wait"
export const actingAs = "by default you; a lead may name one of its agents"

export const errorFields = {
  code: "`SESSION_ERROR`, `STREAM_CUT`, `EMPTY_ANSWER`, `HOST_LOST`, `HOST_FAILED`, `RATE_LIMITED`, `STALLED`, `LOOPING`, `WORKTREE_FAILED`, `TIMEOUT`, `BUDGET`, `CANCELLED` or `KILLED`",
  detail: "the cause in words",
} as const

export const worktreeFields = {
  worktree_path: "where its worktree is, if it has one",
  branch: "the worktree's branch, for you to merge",
  changed: "once it has ended: whether it left commits or uncommitted files",
  commits: "how many it made",
  uncommitted: "how many files it changed or added without committing",
  worktree_removed: "`true` once an unchanged worktree was removed",
} as const

export const fleetStatus = "`running`, `complete`, `failed` or `cancelled`"

export const budgetFields = {
  budget: "as given",
  spent: {
    tokens: "sent and received, cached ones included",
    cost_usd: "as OpenCode counts it",
    turns: "steps of the model",
    duration_ms: "time in which it had work",
  },
} as const
