import type { IsAlive } from "../../mesh/access.ts"
import type { SessionRow } from "../../mesh/ledger/tables/rows.ts"
import type { ProcessIdentity } from "../../system/processes.ts"

export interface Standing {
  self: ProcessIdentity
  isAlive: IsAlive
  /** An agent's tools have started this process, and it is no host. */
  isInsideAgent: boolean
}

/**
 * Why a session is not this process's to speak in; undefined when it is. A session is one voice of one
 * process: whoever opens it in another one may look at it. What an agent starts has the agent's rights
 * and not its place, nor its lead's.
 */
export const whyNotOurs = (
  sessionId: string,
  row: SessionRow | undefined,
  { self, isAlive, isInsideAgent }: Standing,
): string | undefined => {
  if (isInsideAgent) return "an agent of a fleet has started this OpenCode."
  if (!row || (row.pid === self.pid && row.process_start === self.process_start)) return undefined
  if (row.agent_id !== null)
    return `session ${sessionId} is that of agent ${row.agent_id}, which speaks in its host only.`
  return isAlive(row)
    ? `session ${sessionId} is open in another OpenCode (pid ${row.pid}), which speaks in it.`
    : undefined
}
