import type { Intent } from "../prompts.ts"

/** What became of one agent's branch. */
export interface BranchReport {
  agent_id: string
  name: string
  branch?: string
  state: BranchState
  /** Files that were uncommitted and are committed now. */
  saved?: number
  /** In conflict. */
  files?: string[]
  /** Whose work it conflicts with. */
  others?: Intent[]
  /** The end of what the check printed. */
  output?: string
  detail?: string
  /** Who is to mend it. */
  sent_to?: string
  /** Who are to approve it. */
  asked?: string[]
  note?: string
}

export type BranchState =
  | "merged"
  | "conflict"
  | "check_failed"
  | "unfinished"
  | "not_approved"
  | "failed"
  | "held"
  | "at_work"
  | "unchanged"

/** A branch in this state is to be brought in still. */
export const isOpen = ({ state }: Pick<BranchReport, "state">) =>
  state !== "merged" && state !== "unchanged"

export interface MergeReport {
  fleet_id: string
  /** Whether all that there is, is in. */
  complete: boolean
  branch?: string
  commit?: string
  /** How to take it. */
  take?: string
  note?: string
  /** Present when it was run over what holds the merged work now, and passes. */
  check?: "passed"
  branches: BranchReport[]
  /** What others of the fleet made and nobody asked for: it stays where it is. */
  kept?: { name: string; branch: string }[]
}
