import { agentsOfHost } from "../../../plugin/mesh/ledger/tables/agents.ts"
import type { Hosts } from "../../../plugin/mesh/supervision/hosts.ts"
import { ownProcess } from "../../../plugin/system/processes.ts"
import type { Shell } from "./shell.ts"

/** Hosts that are this very process; they are ready, and their agents run, when the test says so. */
export const createOwnHosts = ({ ledger }: Shell, ready: Promise<void> = Promise.resolve()) => {
  const started: string[] = []
  const hosts: Hosts = {
    async start(host, fleet, onPid) {
      started.push(fleet.id)
      await onPid(ownProcess())
      await ready
      await ledger.transact(async (tx) => {
        await tx.run(
          "UPDATE hosts SET status = 'ready', beat_at = ? WHERE id = ?",
          Date.now(),
          host.id,
        )
        for (const agent of await agentsOfHost(tx, host.id))
          await tx.run("UPDATE agents SET status = 'running' WHERE id = ?", agent.id)
      })
    },
    end: async () => {},
  }
  return { hosts, started }
}
