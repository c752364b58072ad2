import type { Budget } from "../lifecycle/budget.ts"
import type { Isolation, OnStall } from "../ledger/tables/rows.ts"
import type { TaskDraft } from "../tasks/add.ts"

export interface AgentDraft {
  role: string
  prompt: string
  agent?: string | undefined
  name?: string | undefined
  model?: string | undefined
  skills?: string[] | undefined
  directory?: string | undefined
  budget?: Budget | undefined
  /** A git worktree and branch of its own. */
  worktree?: boolean | undefined
  /** It begins with its first message, and costs nothing until then. */
  waits?: boolean | undefined
}

export interface FleetDraft {
  agents: AgentDraft[]
  /** The first tasks of its board. */
  tasks?: TaskDraft[] | undefined
  name?: string | undefined
  isolation?: Isolation | undefined
  max_parallel?: number | undefined
  timeout_ms?: number | undefined
  budget?: Budget | undefined
  on_stall?: OnStall | undefined
  /** What it comes from, for the history. */
  template?: string | undefined
  /** For every agent that does not say. */
  worktree?: boolean | undefined
}
