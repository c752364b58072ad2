import type { IsAlive } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import type { Machine } from "../machine.ts"
import type { RetryPolicy, WakeCaps } from "../model/config.ts"
import type { Tx } from "../ledger/port.ts"
import { forgetFiles, hasFileMarks } from "../ledger/tables/file-marks.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { settleAndTell } from "../lifecycle/settle.ts"
import type { Worktrees } from "../worktrees/worktrees.ts"
import { isStuck, mayBeStuck, reportStuck } from "./all-waiting.ts"
import { createCarryingOut } from "./carry-out.ts"
import { readFleetView } from "./fleet-view.ts"
import { createHostKeeper } from "./host-keeper.ts"
import type { Hosts } from "./hosts.ts"
import type { Lease, Leases } from "./leases.ts"
import { type FleetView, plan, type SupervisionLimits } from "./plan.ts"
import { mayNeedRoom, readRoom } from "./room.ts"
import { type PulseDeps, createPulse } from "./pulse.ts"
import { takeOver } from "./take-over.ts"
import { hasMailForGoneLead, parkMail } from "./transitions.ts"
import { createWorktreeKeeper } from "../worktrees/worktree-keeper.ts"

export interface SupervisorDeps extends PulseDeps {
  now: () => number
  random: () => number
  isAlive: IsAlive
  heartbeatMs: number
  /** What there is of memory now; asked often, so it may be a second old. */
  machine: () => Machine
  /** This process. */
  self: { pid: number; process_start: string }
  hosts: Hosts
  leases: Leases
  worktrees: Worktrees
  limits: SupervisionLimits
  retry: RetryPolicy
  caps: WakeCaps
  onError: (error: unknown) => void
}

/**
 * Supervises the fleets whose lease this process holds: starts hosts, notices dead ones, retries,
 * enforces limits. Everything it decides is in `plan`; `carryOut` does it.
 */
export const createSupervisor = (deps: SupervisorDeps) => {
  const { ledger, now, leases, limits } = deps
  const held = new Map<string, { lease: Lease; term: number; busy: boolean; again: boolean }>()
  const trying = new Map<string, Promise<void>>()
  const work = new Set<Promise<unknown>>()
  let closed = false

  const supervise = async (fleetId: string): Promise<void> => {
    if (closed || held.has(fleetId)) return
    let attempt = trying.get(fleetId)
    if (!attempt) {
      attempt = takeLease(fleetId).finally(() => trying.delete(fleetId))
      trying.set(fleetId, attempt)
    }
    await attempt
  }

  const takeLease = async (fleetId: string) => {
    let lease: Lease | undefined
    let isLost = false
    try {
      lease = await leases.acquire(fleetId, () => {
        isLost = true
        held.delete(fleetId)
      })
      if (!lease) return
      const term = await takeOver(deps, fleetId)
      if (closed || isLost) return void (await lease.release())
      held.set(fleetId, { lease, term, busy: false, again: false })
      pulse.start()
      void tick(fleetId)
    } catch (error) {
      await lease?.release()
      deps.onError(error)
    }
  }

  /** A write as supervisor: nothing once somebody else has begun a term. */
  const write = (fleetId: string, change: (tx: Tx) => unknown) =>
    ledger.transact(async (tx) => {
      if (held.get(fleetId)?.term === (await fleetById(tx, fleetId))?.term) await change(tx)
    })

  const background = (step: Promise<unknown>) => {
    const done: Promise<unknown> = step.finally(() => work.delete(done))
    work.add(done)
  }

  const hostKeeper = createHostKeeper({ ...deps, write, background })
  const worktreeKeeper = createWorktreeKeeper({ ...deps, write })
  const carryOut = createCarryingOut({ ...deps, write, background, hostKeeper, worktreeKeeper })

  const tick = async (fleetId: string) => {
    const hold = held.get(fleetId)
    if (!hold || closed) return
    if (hold.busy) return void (hold.again = true)
    hold.busy = true
    try {
      do {
        hold.again = false
        const current = await ledger.read(async (db) => {
          const fleet = await fleetById(db, fleetId)
          const view = fleet && (await readFleetView(db, fleet, deps.isAlive))
          if (!view || !mayNeedRoom(view)) return view
          return { ...view, room: await readRoom(db, deps.machine(), deps.isAlive, now(), limits) }
        })
        if (!current) break
        // Somebody took over while we were frozen, and our lease has not told us yet.
        if (current.fleet.term !== hold.term) return void held.delete(fleetId)
        for (const action of plan(current, now(), limits))
          if (held.has(fleetId)) await carryOut(current, action)
        if (await ledger.read((db) => hasMailForGoneLead(db, current.fleet, deps.isAlive)))
          await write(fleetId, (tx) => parkMail(tx, fleetId))
        if (mayBeStuck(current.agents) && (await ledger.read((db) => isStuck(db, now(), fleetId))))
          await write(fleetId, (tx) => reportStuck(tx, fleetId))
        await settle(current)
        if (!isSettled(current)) continue
        await worktreeKeeper.settle(fleetId)
        if (await ledger.read((db) => hasFileMarks(db, fleetId)))
          await write(fleetId, (tx) => forgetFiles(tx, fleetId))
        // Somebody may have joined meanwhile.
        if (!hold.again) await release(fleetId)
      } while (hold.again && held.has(fleetId))
    } catch (error) {
      // A look that was under way meets a closed ledger.
      if (!closed) deps.onError(error)
    } finally {
      hold.busy = false
    }
  }

  /** The mail for which an ended fleet was kept open was read or refused without waking anybody. */
  const settle = async ({ fleet, agents, toWake }: FleetView) => {
    if (fleet.status !== "running" || toWake.size > 0) return
    if (agents.every((agent) => isEnded(agent.status)))
      await write(fleet.id, (tx) => settleAndTell(tx, fleet.id))
  }

  const isSettled = ({ fleet, hosts: open, toWake }: FleetView) =>
    fleet.status !== "running" && open.length === 0 && toWake.size === 0

  const release = async (fleetId: string) => {
    const hold = held.get(fleetId)
    held.delete(fleetId)
    await hold?.lease.release()
  }

  const pulse = createPulse(
    deps,
    () => held.keys(),
    (fleetId) => void tick(fleetId),
  )

  return {
    /** Takes the lease of a fleet if it is free; otherwise does nothing. Never throws. */
    supervise,
    holds: (fleetId: string) => held.has(fleetId),
    /** Gives the leases back, so that others take over at once. Hosts go on. Idempotent. */
    async close() {
      if (closed) return
      closed = true
      pulse.stop()
      // A lease that is being taken would be left behind.
      await Promise.allSettled(trying.values())
      await Promise.allSettled([...held.values()].map(({ lease }) => lease.release()))
      held.clear()
    },
    /** Waits for host starts and worktrees under way; for tests and for an orderly end. */
    settle: () => Promise.allSettled([...work]),
  }
}

export type Supervisor = ReturnType<typeof createSupervisor>
