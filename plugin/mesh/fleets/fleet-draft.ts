import type { Budget } from "../lifecycle/budget.ts"
import type { Isolation, OnStall } from "../ledger/tables/rows.ts"

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
}

export interface FleetDraft {
  agents: AgentDraft[]
  name?: string | undefined
  isolation?: Isolation | undefined
  max_parallel?: number | undefined
  timeout_ms?: number | undefined
  budget?: Budget | undefined
  on_stall?: OnStall | undefined
  /** For every agent that does not say. */
  worktree?: boolean | undefined
}
