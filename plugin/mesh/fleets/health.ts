import type { IsAlive } from "../access.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Query } from "../ledger/port.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { fleetsOfProject } from "../ledger/tables/fleets.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { sessionById } from "../ledger/tables/sessions.ts"
import { isAwaitingMail } from "../mail/mail-wait.ts"
import { isActive, isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { errorText } from "../model/errors.ts"

export interface HealthDeps {
  ledger: Ledger
  isAlive: IsAlive
  now: () => number
  /** Where the ledger is; undefined where that cannot be told. */
  freeDiskBytes: () => number | undefined
}

/** Why a mesh is not well: `degraded` goes on, with `error` something is lost if nobody acts. */
export interface Reason {
  severity: "degraded" | "error"
  what: string
  detail: string
}

const megabyte = 1024 * 1024
/** A fleet of chatty agents writes some 10 MB an hour, logs included. */
const littleDisk = 1024 * megabyte
const noDisk = 100 * megabyte
/** A transaction takes 0.1 ms when nobody else writes. */
const longWaitMs = 250
const mostFleets = 200

/** How the mesh of a project is, and why. */
export const createHealth = (deps: HealthDeps) => {
  const { ledger, now } = deps

  return async (caller: Caller) => {
    const at = now()
    try {
      const { counts, reasons } = await ledger.read((db) => lookAround(db, caller.project, deps))
      const waitedMs = await writeNothing()
      const all = [...reasons, ...aboutWriting(waitedMs), ...aboutDisk(deps.freeDiskBytes())]
      return { status: statusOf(all), timestamp: iso(at), counts, reasons: all }
    } catch (error) {
      const reason = { severity: "error" as const, what: "ledger", detail: errorText(error) }
      return { status: "error" as const, timestamp: iso(at), counts: {}, reasons: [reason] }
    }
  }

  /** How long a writer waits for its turn. */
  async function writeNothing() {
    const began = performance.now()
    await ledger.transact(async () => undefined)
    return performance.now() - began
  }
}

const iso = (at: number) => new Date(at).toISOString()

const statusOf = (reasons: readonly Reason[]) => {
  if (reasons.some(({ severity }) => severity === "error")) return "error" as const
  return reasons.length > 0 ? ("degraded" as const) : ("ok" as const)
}

const lookAround = async (db: Query, project: string, { isAlive }: HealthDeps) => {
  const fleets = await fleetsOfProject(db, project, "running", mostFleets)
  const counts = { fleets_running: fleets.length, agents_at_work: 0, agents_waiting: 0, hosts: 0 }
  const reasons: Reason[] = []
  for (const fleet of fleets) {
    const agents = await agentsOfFleet(db, fleet.id)
    const hosts = await openHosts(db, fleet.id)
    counts.agents_at_work += agents.filter(({ status }) => isActive(status)).length
    counts.agents_waiting += agents.filter(
      ({ status }) => status === "queued" || status === "interrupted",
    ).length
    counts.hosts += hosts.length
    const open = agents.filter(({ status }) => !isEnded(status))
    if (open.length > 0 && open.every(isAwaitingMail))
      reasons.push(degraded("stuck", fleet, "every agent that has not ended waits for a message"))
    for (const { name, stalled_at, status } of open)
      if (stalled_at !== null && status === "running")
        reasons.push(degraded("stalled", fleet, `agent "${name}" shows no activity`))
    const living = hosts.filter(({ pid, process_start }) =>
      pid !== null && process_start !== null ? isAlive({ pid, process_start }) : true,
    )
    for (const host of hosts.filter((each) => !living.includes(each)))
      reasons.push(degraded("dead host", fleet, `${host.id} (process ${host.pid}) is gone`))
    const lead = await sessionById(db, fleet.lead_session)
    if (living.length === 0 && !(lead && isAlive(lead)))
      reasons.push({
        severity: "error",
        what: "abandoned",
        detail: `fleet ${fleet.id} runs, and no process of it is there: open OpenCode in this project, or run meshfleet supervise`,
      })
  }
  return { counts, reasons }
}

const degraded = (what: string, { id }: FleetRow, detail: string): Reason => ({
  severity: "degraded",
  what,
  detail: `fleet ${id}: ${detail}`,
})

const aboutWriting = (waitedMs: number): Reason[] =>
  waitedMs < longWaitMs
    ? []
    : [
        {
          severity: "degraded",
          what: "lock wait",
          detail: `writing to the ledger waited ${Math.round(waitedMs)} ms for others`,
        },
      ]

const aboutDisk = (free: number | undefined): Reason[] => {
  if (free === undefined || free >= littleDisk) return []
  const detail = `${Math.floor(free / megabyte)} MB are free where the ledger is`
  return [{ severity: free < noDisk ? "error" : "degraded", what: "disk", detail }]
}

export type Health = ReturnType<typeof createHealth>
