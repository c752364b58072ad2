import type { Config } from "../mesh/model/config.ts"
import { isAlive } from "../system/processes.ts"
import { projectOf } from "../system/project.ts"
import { createLead, type Lead } from "./lead/lead.ts"
import { notice } from "./notice.ts"
import type { SessionProcess } from "./process/session-process.ts"
import type { Sessions } from "./runtime/sessions.ts"
import type { Shared } from "./shared.ts"

export interface LeadRunnerDeps {
  meshProcess: SessionProcess
  config: Config
  sessions: Sessions
  directory: string
  log: (error: unknown) => void
  state: Shared
}

/** An ordinary OpenCode leads the fleets of its sessions. Its supervising begins once the ledger is open. */
export const leadOf = ({
  meshProcess,
  config,
  sessions,
  directory,
  log,
  state,
}: LeadRunnerDeps): Lead => {
  const lead = createLead({
    ledger: meshProcess.ledger,
    changes: meshProcess.changes,
    sessions,
    callers: meshProcess.callers,
    courier: meshProcess.courier,
    results: meshProcess.results,
    supervisor: meshProcess.supervisor,
    now: meshProcess.now,
    config,
    isAlive,
    directory,
    project: projectOf(directory),
    onError: log,
  })
  // OpenCode's start does not wait for the ledger.
  setTimeout(() => {
    meshProcess.lazyLedger.ready().then(lead.superviseAll, (error: unknown) => {
      log(error)
      notice(sessions, state, error)
    })
  }, 50).unref?.()
  return lead
}
