import type { Config } from "../model/config.ts"

/**
 * What a worktree gets beyond its checkout. It is fixed when its agent is queued, by the settings of
 * whoever leads: the settings of a project are files, and an agent may write those.
 */
export interface TreeSetup {
  /** Run once in a new tree, in its agent's directory; empty for none. */
  command: string
  commandMs: number
  /** What git ignores and agents need, copied: paths from the root of the working tree. */
  files: readonly string[]
  /** Folders that git ignores, whose entries are linked. */
  shared: readonly string[]
}

/** What was done for a new tree. */
export interface TreeSetUp {
  /** How long the command took; undefined where none ran. */
  commandMs?: number
  /** What was asked for and is not there, each with the reason. */
  leftOut?: readonly string[]
}

/** Undefined where nothing is asked for. */
export const setupOf = (config: Config): TreeSetup | undefined => {
  const { worktree_setup, worktree_setup_ms, worktree_files, worktree_shared } = config
  if (worktree_setup === undefined && worktree_files.length + worktree_shared.length === 0)
    return undefined
  return {
    command: worktree_setup ?? "",
    commandMs: worktree_setup_ms,
    files: worktree_files,
    shared: worktree_shared,
  }
}

/** What its agent finds there beyond the checkout, and what was run for it. */
export const broughtInto = (setup: TreeSetup | undefined) =>
  setup ? { brought: [...setup.files, ...setup.shared], command: setup.command } : {}

export const parseSetup = (text: string | null): TreeSetup | undefined =>
  text === null ? undefined : (JSON.parse(text) as TreeSetup)
