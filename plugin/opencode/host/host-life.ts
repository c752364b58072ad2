import { someInOrder } from "../../mesh/model/in-order.ts"
import type { IsAlive } from "../../mesh/access.ts"
import { isActive } from "../../mesh/model/agent.ts"
import type { Config } from "../../mesh/model/config.ts"
import { agentsOfFleet, agentsOfHost } from "../../mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import { endHost, markHostReady, recordBeat } from "../../mesh/ledger/tables/hosts.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { hasWakingMail } from "../../mesh/ledger/tables/messages.ts"
import type { AgentRow, HostRow } from "../../mesh/ledger/tables/rows.ts"
import { isGuarded } from "./guardians.ts"
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
  const { host, self, ledger, config, now, isAlive, isBeginning, endProcess, onError } = deps
  let idleSince: number | undefined
  let ending = false

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

  const noteIdleness = async (agents: readonly AgentRow[]) => {
    if (agents.some((agent) => isActive(agent.status)) || isBeginning()) {
      idleSince = undefined
      return
    }
    idleSince ??= now()
    const isNeeded = await ledger.read(async (db) =>
      (await agentsOfFleet(db, host.fleet_id)).some(
        (agent) => agent.status === "queued" || agent.status === "interrupted",
      ),
    )
    // Nobody would miss an idle host while others of the fleet wait for its place.
    const lingerMs = isNeeded ? Math.min(1000, config.linger_ms) : config.linger_ms
    if (now() - idleSince >= lingerMs) void end().catch(onError)
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
      const agents = await agentsOfHost(tx, host.id)
      const isBusy = await someInOrder(
        agents,
        async (agent) =>
          isActive(agent.status) ||
          (agent.status !== "cancelled" && (await hasWakingMail(tx, agent.id))),
      )
      // Whoever is the last to look after a fleet stays until its other agents are looked after.
      if (isBusy || !(await isGuarded(tx, host, isAlive, tx.at, config.heartbeat_ms)))
        return undefined
      await endHost(tx, { ...host, pid: self.pid }, "work done")
      return agents.map((agent) => agent.id)
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

  return { ready, beat, noteIdleness, isEnding: () => ending }
}
