import { unsettledFleets } from "../mesh/ledger/tables/fleets.ts"
import type { SessionProcess } from "./process/session-process.ts"

export interface LookAfterDeps {
  meshProcess: Pick<SessionProcess, "ledger" | "lazyLedger" | "supervisor" | "close">
  project: string
  /** Another instance of the project is open in this process. */
  isOpenAgain: () => boolean
  after: (ms: number) => Promise<void>
}

/** A host, or another OpenCode of the project, tries every 2 s to take over. */
const takenOverMs = 3000

/**
 * Closes the mesh process of a closed project once nobody needs it. Its leases were given back, since
 * OpenCode may end together with the project; where it goes on, it looks after the fleets that have no
 * host which could.
 */
export const lookAfterFleets = async ({
  meshProcess,
  project,
  isOpenAgain,
  after,
}: LookAfterDeps) => {
  const { ledger, lazyLedger, supervisor } = meshProcess
  const unsettled = () => ledger.read((db) => unsettledFleets(db, project))
  while (lazyLedger.isOpen() && (await unsettled()).length > 0) {
    await after(takenOverMs)
    if (isOpenAgain()) break
    for (const { id } of await unsettled()) await supervisor.supervise(id)
  }
  await supervisor.close()
  // Nobody else has the password for the first request to a host that is being started.
  await supervisor.settle()
  await meshProcess.close()
}
