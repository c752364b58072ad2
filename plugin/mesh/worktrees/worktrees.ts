import type { WorktreeRow } from "../ledger/tables/rows.ts"
import type { TreeSetup, TreeSetUp } from "./tree-setup.ts"

/** Where a worktree would come from. */
export interface Origin {
  /** The git common directory. */
  repository: string
  /** HEAD's commit there. */
  commit: string
  /** The folder asked for, from the root of its working tree; empty for the root itself. */
  subfolder: string
  /** What a worktree does not have: files changed there and not committed. */
  uncommitted: number
  /** What a worktree gets beyond its checkout, as the settings of this process say. */
  setup: TreeSetup | undefined
  /** Of a checkout, as far as known. */
  bytes: number
  /** Of the disk that worktrees are on; undefined where nobody can tell. */
  freeBytes: number | undefined
}

/** What an agent did in its worktree. */
export interface TreeWork {
  /** Beyond the commit it began at. */
  commits: number
  /** Files changed or new and not committed; ignored ones are not looked at. */
  uncommitted: number
}

export const isChanged = ({ commits, uncommitted }: TreeWork) => commits > 0 || uncommitted > 0

/**
 * Makes and removes git worktrees.
 *
 * Contract: nothing blocks the event loop, asks a person, or outlives its time limit. `locate` throws
 * NO_REPOSITORY. `create` is idempotent: a tree that is complete is taken as it is, what a creation
 * left that was cut short is cleared away first; work of a `kept` tree is never cleared. It sets the tree
 * up once, and rejects with git's words or the command's, or where the disk has no room. What git ignores of the project's configuration holds in the tree too, and neither
 * git nor `inspect` sees it there. `inspect` answers undefined when there is no such tree. `remove` takes a tree in
 * state `removing` and its branch away only if neither holds work; a `wanted` or `removed` one holds
 * none, one in any other state stays. It answers whether they are gone, and may be called again after
 * a crash at any point.
 */
export interface Worktrees {
  locate(directory: string): Promise<Origin>
  /** Where an agent's tree and its session's directory will be. Absolute, without symbolic links. */
  place(
    fleetId: string,
    agentId: string,
    subfolder: string,
  ): { path: string; branch: string; directory: string }
  /** `project` is where its fleet was spawned: the tree gets the configuration that is there. */
  create(tree: WorktreeRow, directory: string, project: string): Promise<TreeSetUp>
  inspect(tree: WorktreeRow): Promise<TreeWork | undefined>
  remove(tree: WorktreeRow): Promise<boolean>
}
