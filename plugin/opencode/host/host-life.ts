import type { IsAlive } from "../../mesh/access.ts"
import { type FleetStatus, isActive } from "../../mesh/model/agent.ts"
import type { Config } from "../../mesh/model/config.ts"
import { agentsOfHost } from "../../mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import { endHost, hostById, markHostReady, recordBeat } from "../../mesh/ledger/tables/hosts.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { AgentRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import { mayLeave } from "../../mesh/supervision/leaving.ts"
import type { ProcessIdentity } from "../../system/processes.ts"

export interface HostLifeDeps {
  host: HostRow
  self: ProcessIdentity
  ledger: Ledger
  config: Config
  now: () => number
  isAlive: IsAlive
  /** Whether an agent is just being brought to work. */
  isBeginning: () => boolean
  endProcess: (agentIds: readonly string[]) => Promise<void>
  onError: (error: unknown) => void
}

/** A host from its first answer to its end: it signs on, beats, and leaves when nobody needs it. */
export const createHostLife = (deps: HostLifeDeps) => {
  const { host, self, ledger, config, now, isBeginning, endProcess, onError } = deps
  const leaving = { isAlive: deps.isAlive, heartbeatMs: config.heartbeat_ms }
  let idleSince: number | undefined
  let ending = false
  let resting = false

  const ready = async () => {
    await ledger.transact(async (tx) => {
      if (!(await markHostReady(tx, host.id))) return
      await appendEvent(tx, {
        type: "host.ready",
        fleetId: host.fleet_id,
        data: { host_id: host.id, pid: self.pid },
      })
    })
  }

  /** While the fleet runs, whoever stays here can be asked again within milliseconds. */
  const noteIdleness = (row: HostRow, agents: readonly AgentRow[], fleetStatus: FleetStatus) => {
    resting = false
    if (row.status === "ending") return void end().catch(onError)
    const isAtWork = agents.some(({ status }) => isActive(status)) || isBeginning()
    const mayBeAsked =
      fleetStatus === "running" && agents.some(({ status }) => status !== "cancelled")
    if (isAtWork || mayBeAsked) {
      idleSince = undefined
      resting = !isAtWork
      return
    }
    idleSince ??= now()
    if (now() - idleSince >= config.linger_ms) void end().catch(onError)
  }

  const end = async () => {
    if (ending) return
    ending = true
    // A host that cannot say that it ends goes on: another look tries again.
    const left = await leave().catch((error: unknown) => void onError(error))
    if (left) return endProcess(left)
    ending = false
    idleSince = undefined
  }

  /** Signs the host off, unless somebody gave it work in the meantime. */
  const leave = () =>
    ledger.transact(async (tx) => {
      const row = (await hostById(tx, host.id))!
      // One that was dismissed goes: nothing was given to it since.
      if (row.status !== "ending" && !(await mayLeave(tx, row, leaving))) return undefined
      await endHost(tx, { ...host, pid: self.pid }, row.cause ?? "work done")
      return (await agentsOfHost(tx, host.id)).map((agent) => agent.id)
    })

  const beat = async () => {
    const isKnown = await ledger.transact((tx) => recordBeat(tx, host.id))
    // Declared dead while we were frozen: somebody else has our agents now.
    if (!isKnown && !ending) {
      ending = true
      await endProcess(
        await ledger.read(async (db) => (await agentsOfHost(db, host.id)).map((agent) => agent.id)),
      )
    }
  }

  return {
    ready,
    beat,
    noteIdleness,
    isEnding: () => ending,
    /** Nothing will happen here but for a commit of somebody else. */
    isResting: () => resting,
  }
}
