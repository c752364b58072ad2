import type { SessionProcess } from "./process/session-process.ts"
import type { Runner } from "./host/runner.ts"

/** What the copies of this plugin in one process share, so that twice loaded is as good as once. */
export interface Shared {
  directories: Set<string>
  meshProcess?: SessionProcess
  runner?: Runner
  starting?: Promise<Runner | undefined>
  instances: number
  noticed: boolean
}

export const shared = (): Shared => {
  const globals = globalThis as unknown as Record<symbol, Shared | undefined>
  return (globals[Symbol.for("meshfleet")] ??= {
    directories: new Set(),
    instances: 0,
    noticed: false,
  })
}
