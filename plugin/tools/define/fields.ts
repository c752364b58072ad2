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

const spawnedFields = {
  ...agentFields,
  blocked_on: "`message` for those that wait to begin",
  branch: "of its worktree, when it gets one: where its work will be",
} as const

/** What every tool that starts a fleet answers, beside the ids in its own order. */
export const spawnedFleetFields = {
  agents: [spawnedFields],
  isolation: "`process` or `shared`, unless it is `auto`",
  max_parallel: "agents at work at once, when others are queued for that",
  board: "how its tasks stand, when it was given some",
  note: "what the worktrees lack, and which tools a lead has from now on",
} as const

export const receiptFields = {
  message_id: "the message",
  agent_id: "who: an agent id, `lead` or `human`",
  action: "as given; `accepted`, `injected`, `seen` and `acked` are steps of the delivery",
  note: "as given; `auto` where the end of a turn acknowledged, `parked` where the lead is gone",
  system: "`true` for a step of the delivery",
  timestamp: "ISO time",
} as const

export const ratificationStatus = "`open`, `ratified`, `rejected` or `expired`"

export const tallyFields = {
  quorum: "as given",
  total: "the weight of all voters",
  approving: "the weight that approves",
  declining: "the weight that declines",
  silent: "the weight that has not voted",
  votes: [
    {
      voter: "an agent id, `lead` or `human`",
      vote: "`approve`, `decline` or `null`",
      weight: "as given, or 1",
      signoff: "`true` if it has to approve",
      note: "as given",
    },
  ],
  deadline: "ISO time, if it has one",
  silence_policy: "what silence counts as then",
} as const

export const templateFields = {
  name: "of the template",
  version: "the newest",
  description: "as given",
  source: "`bundled` or `saved`",
  owner: "of a saved one: `project`, or `user` for what the user has imported",
  variables: "what `spawn_from_template` has to be given",
  agents: "name, role and agent of each; all there is of them when one is asked for",
  saved_at: "ISO time",
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
  branch: "the worktree's branch, for `merge_agents`",
  merged: "`true` once `merge_agents` has brought some of it in",
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
