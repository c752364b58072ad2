import type { WorktreeRow } from "../ledger/tables/rows.ts"
import type { TreeSetup } from "../worktrees/tree-setup.ts"

/** Where somebody stands in a repository. */
export interface Standing {
  /** The git common directory. */
  repository: string
  /** HEAD's commit. */
  commit: string
  /** The branch that is checked out; undefined where HEAD is detached. */
  branch: string | undefined
  /** Of the working tree. */
  root: string
  /** From the root of the working tree; empty for the root itself. */
  subfolder: string
}

export interface MergePlace {
  repository: string
  /** Where the branches come together, and the same as one commit for each. */
  branch: string
  squashed: string
  /** The tree in which that is done. */
  path: string
}

/** What an agent left without committing it. */
export interface Saved {
  /** The commit that holds it now. */
  commit?: string
  files: number
  /** What git is in the middle of there, so that it cannot be committed for the agent. */
  unfinished?: string
}

export interface CheckRun {
  ok: boolean
  /** The end of what it printed. */
  output: string
}

/** Where a check runs, and what it finds there beyond the checkout. */
export interface CheckGround extends Pick<Standing, "root" | "subfolder"> {
  setup: TreeSetup | undefined
}

/** Who a merge commit speaks of. */
export interface JoinNote {
  message: string
  author: { name: string; email: string }
}

/**
 * Git for bringing branches together.
 *
 * Contract: nothing of the person's is touched but by `take`: not HEAD, index, files, stash, hooks or
 * configuration of any tree of theirs. Hooks do not run, nothing is signed, nobody is asked. What a killed
 * process left is cleared by `open`, which ends what it left running; so only one may be open for a
 * repository at a time. All that lasts is in refs, each moved at once from what it was seen at.
 */
export interface MergeTrees {
  /** Throws NO_REPOSITORY. */
  at(directory: string): Promise<Standing>
  place(fleetId: string, repository: string): MergePlace
  open(place: MergePlace): Promise<MergeTree>
  /**
   * Brings a commit into the tree of a directory, fast-forward only. Throws NOT_CLEAN, with nothing
   * changed, where that is not clean or would be no fast-forward.
   */
  take(directory: string, commit: string): Promise<void>
}

export interface MergeTree {
  /** What the branches point at; undefined for one that is not there. */
  tips(): Promise<{ merged: string | undefined; squashed: string | undefined }>
  /** Commits what an agent left in its tree, on what is checked out there. */
  save(tree: WorktreeRow, message: string): Promise<Saved>
  /** What an agent made beyond its base: its branch, and its HEAD if that went another way. */
  tipsOf(tree: WorktreeRow): Promise<string[]>
  isIn(commit: string, of: string): Promise<boolean>
  hasSameFiles(commit: string, other: string): Promise<boolean>
  /** Which of these files a commit changed against where it left another. */
  changed(commit: string, against: string, files: readonly string[]): Promise<string[]>
  /** The tree stands at this commit, and holds nothing else but what git ignores. */
  startAt(commit: string): Promise<void>
  /** Merges into where the tree stands. On a conflict the tree is to be started anew. */
  join(
    commit: string,
    note: JoinNote,
  ): Promise<{ commit: string } | { conflicts: string[] } | { failed: string }>
  /** A merge of both that has the first one's files. */
  tie(commit: string, other: string, note: JoinNote): Promise<string>
  /** The first one sets the tree up before it, as a worktree of an agent; if that fails, so does the check. */
  check(command: string, ground: CheckGround, signal: AbortSignal): Promise<CheckRun>
  /** Moves the branch on; throws when somebody else has moved it. */
  advance(to: string): Promise<void>
  /** The branch `squashed` becomes: one commit on `from` for each merge that changed something. */
  squash(from: string, to: string): Promise<string>
  /** Takes the tree away. */
  remove(): Promise<void>
}
