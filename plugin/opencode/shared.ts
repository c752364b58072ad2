import type { Host } from "./host-runner.ts"
import type { SharedLedger } from "./shared-ledger.ts"

/**
 * What this process has once, whatever the number of projects it has open and of copies of this plugin
 * that it has loaded. All else belongs to a project.
 */
export interface Shared {
  /** The clients of the directories that OpenCode has opened: all copies in one directory get the same. */
  loaded: WeakSet<object>
  instances: Set<OpenInstance>
  ledgers: Map<string, SharedLedger>
  /** The instance that prompts a session: the one in which a person last used it. */
  owners: Map<string, object>
  /** What makes this process a host of ours, one for all its directories. */
  host?: Promise<Host | undefined>
  /** OpenCode 1.18 has called us, and whether OpenCode 2 was told that we are off. */
  served: boolean
  noticed: boolean
  /** What people were told of their settings. */
  told: Set<string>
}

export interface OpenInstance {
  project: string
}

export const createShared = (): Shared => ({
  loaded: new WeakSet(),
  instances: new Set(),
  ledgers: new Map(),
  owners: new Map(),
  served: false,
  noticed: false,
  told: new Set(),
})

export const shared = (): Shared => {
  const globals = globalThis as unknown as Record<symbol, Shared | undefined>
  return (globals[Symbol.for("meshfleet")] ??= createShared())
}
