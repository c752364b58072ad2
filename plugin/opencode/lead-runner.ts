import type { Config } from "../mesh/model/config.ts"
import { isAlive } from "../system/processes.ts"
import { endsWithTurn } from "./ends-with-turn.ts"
import { keepHistory } from "./lead/history.ts"
import { createLead, type Lead } from "./lead/lead.ts"
import { notice } from "./notice.ts"
import type { SessionProcess } from "./process/session-process.ts"
import type { Sessions } from "./runtime/sessions.ts"

export interface LeadRunnerDeps {
  meshProcess: SessionProcess
  config: Config
  sessions: Sessions
  directory: string
  project: string
  log: (error: unknown) => void
}

/** An ordinary OpenCode leads the fleets of its sessions. Its supervising begins once the ledger is open. */
export const leadOf = ({
  meshProcess,
  config,
  sessions,
  directory,
  project,
  log,
}: LeadRunnerDeps): Lead => {
  const lead = createLead({
    ledger: meshProcess.ledger,
    changes: meshProcess.changes,
    sessions,
    callers: meshProcess.callers,
    courier: meshProcess.courier,
    exchanges: meshProcess.exchanges,
    results: meshProcess.results,
    supervisor: meshProcess.supervisor,
    now: meshProcess.now,
    wakefulness: meshProcess.wakefulness,
    config,
    isAlive,
    directory,
    endsWithTurn: endsWithTurn(),
    project,
    onError: log,
  })
  // OpenCode's start does not wait for the ledger.
  const timer = setTimeout(() => {
    meshProcess.lazyLedger.ready().then(lead.superviseAll, (error: unknown) => {
      log(error)
      notice(sessions, error)
    })
  }, 50)
  timer.unref?.()
  const history = keepHistory({
    retention: meshProcess.retention,
    project,
    retentionMs: meshProcess.retentionMs,
    isInsideAgent: meshProcess.callers.isInsideAgent,
    onError: log,
  })
  const telling = meshProcess.isTracing && finishTelling(meshProcess, project, log)
  return {
    ...lead,
    close() {
      clearTimeout(timer)
      history.close()
      if (telling) clearInterval(telling)
      lead.close()
    },
  }
}

/** A collector that was down is tried again, as is what a killed process has left. */
const finishTellingMs = 600_000

const finishTelling = (
  meshProcess: SessionProcess,
  project: string,
  log: (error: unknown) => void,
) => {
  const look = () => {
    if (meshProcess.lazyLedger.isOpen() && !meshProcess.callers.isInsideAgent())
      meshProcess.finishTelling(project).catch(log)
  }
  meshProcess.lazyLedger.ready().then(look, () => undefined)
  const timer = setInterval(look, finishTellingMs)
  timer.unref?.()
  return timer
}
