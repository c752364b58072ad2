import type { FleetRow, HostRow } from "../ledger/tables/rows.ts"

export type Ending = "lost" | "firmly"

/**
 * Starts and ends host processes.
 *
 * Contract: `start` resolves once the host answers, and rejects when it ended before that or did not
 * answer in time, with what it said; `onPid` is called once, as soon as the process exists. `end` is
 * idempotent, also ends the children of the host's agents and nobody else's, and resolves when none
 * of them is left. `lost` asks the children first, but not the host, since a frozen one hears nothing;
 * `firmly` asks nobody.
 */
export interface Hosts {
  start(
    host: { id: string; nonce: string; directory: string },
    fleet: FleetRow,
    onPid: (process: { pid: number; process_start: string }) => Promise<void>,
  ): Promise<void>
  end(host: HostRow, agentIds: readonly string[], how: Ending): Promise<void>
}
