import type { IsAlive } from "../access.ts"
import { isEnded } from "../model/agent.ts"
import type { Machine } from "../machine.ts"
import { MeshError } from "../model/errors.ts"
import type { RetryPolicy, WakeCaps } from "../model/config.ts"
import type { Tx } from "../ledger/port.ts"
import { forgetFiles, hasFileMarks } from "../ledger/tables/file-marks.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { overdueRatifications, sweepFleet } from "../councils/resolution.ts"
import { hasDeadlineAhead } from "../ledger/tables/councils/ratifications.ts"
import { settleAndTell } from "../lifecycle/settle.ts"
import type { FleetWatch } from "../telemetry/telemetry.ts"
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
import { leaveOutSleep } from "./time-asleep.ts"
import { hasMailForGoneLead, parkMail } from "./transitions.ts"
import type { Wakefulness } from "./wakefulness.ts"
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
  wakefulness: Wakefulness
  limits: SupervisionLimits
  retry: RetryPolicy
  caps: WakeCaps
  /** Who follows what happens in the fleets that are held here. */
  watch?: FleetWatch | undefined
  onError: (error: unknown) => void
}

interface Hold {
  lease: Lease
  term: number
  busy: boolean
  again: boolean
  /** The end of the newest sleep that was left out of the fleet's times. */
  leftOut: number
  /** When its ratifications were last looked at. */
  sweptAt: number
}

/** A deadline is not told more than that too late; a vote or a tally notices it at once. */
const sweepMs = 60_000

/**
 * Supervises the fleets whose lease this process holds: starts hosts, notices dead ones, retries,
 * enforces limits. Everything it decides is in `plan`; `carryOut` does it.
 */
export const createSupervisor = (deps: SupervisorDeps) => {
  const { ledger, now, leases, limits, wakefulness } = deps
  const held = new Map<string, Hold>()
  const trying = new Map<string, Promise<void>>()
  const work = new Set<Promise<unknown>>()
  let closed = false
  /** A newer Meshfleet has taken the ledger over, and looks after the fleets too. */
  let outdated: MeshError | undefined

  const supervise = async (fleetId: string): Promise<void> => {
    if (closed || outdated || held.has(fleetId)) return
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
        deps.watch?.drop(fleetId)
      })
      if (!lease) return
      const leftOut = wakefulness.since()
      const term = await takeOver(deps, fleetId, lease.silentMs)
      if (closed || isLost) return void (await lease.release())
      held.set(fleetId, { lease, term, busy: false, again: false, leftOut, sweptAt: -Infinity })
      pulse.start()
      void tick(fleetId)
    } catch (error) {
      await lease?.release()
      await meet(error)
    }
  }

  /** Who may not write any more holds no leases: a newer process could not take them. */
  const meet = async (error: unknown) => {
    deps.onError(error)
    if (!(error instanceof MeshError) || error.code !== "LEDGER_NEWER") return
    outdated = error
    pulse.stop()
    await release()
  }

  /** A write as supervisor: nothing once somebody else has begun a term. */
  const write = (fleetId: string, change: (tx: Tx) => unknown) =>
    ledger.transact(async (tx) => {
      if (held.get(fleetId)?.term === (await fleetById(tx, fleetId))?.term) await change(tx)
    })

  /** Before anything is judged by what time has brought. */
  const leaveOutSleeps = async (fleetId: string, hold: Hold) => {
    for (const sleep of wakefulness.sleeps().filter(({ until }) => until > hold.leftOut)) {
      await write(fleetId, (tx) => leaveOutSleep(tx, fleetId, sleep, wakefulness.leastMs))
      hold.leftOut = sleep.until
    }
  }

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
        await leaveOutSleeps(fleetId, hold)
        const current = await ledger.read(async (db) => {
          const fleet = await fleetById(db, fleetId)
          const view = fleet && (await readFleetView(db, fleet, deps.isAlive, wakefulness.sleeps()))
          if (!view || !mayNeedRoom(view)) return view
          return { ...view, room: await readRoom(db, deps.machine(), deps.isAlive, now(), limits) }
        })
        if (!current) break
        deps.watch?.note(fleetId)
        // Somebody took over while we were frozen, and our lease has not told us yet.
        if (current.fleet.term !== hold.term) return void forget(fleetId, hold)
        if (wakefulness.since() > hold.leftOut) {
          // It slept as it read: what it has read is older than it looks.
          hold.again = true
          continue
        }
        for (const action of plan(current, now(), limits))
          if (held.get(fleetId) === hold) await carryOut(current, action)
        if (await ledger.read((db) => hasMailForGoneLead(db, current.fleet, deps.isAlive)))
          await write(fleetId, (tx) => parkMail(tx, fleetId))
        if (mayBeStuck(current.agents) && (await ledger.read((db) => isStuck(db, now(), fleetId))))
          await write(fleetId, (tx) => reportStuck(tx, fleetId))
        await sweep(fleetId, hold)
        await settle(current)
        if (!isSettled(current)) continue
        await worktreeKeeper.settle(fleetId)
        if (await ledger.read((db) => hasFileMarks(db, fleetId)))
          await write(fleetId, (tx) => forgetFiles(tx, fleetId))
        // Somebody may have joined meanwhile.
        if (!hold.again && !(await ledger.read((db) => hasDeadlineAhead(db, fleetId))))
          await giveBack(fleetId, hold)
      } while (hold.again && held.get(fleetId) === hold)
    } catch (error) {
      // A look that was under way meets a closed ledger.
      if (!closed && !outdated) await meet(error)
    } finally {
      hold.busy = false
    }
  }

  const sweep = async (fleetId: string, hold: Hold) => {
    if (now() - hold.sweptAt < sweepMs) return
    hold.sweptAt = now()
    if ((await ledger.read((db) => overdueRatifications(db, fleetId, now()))).length > 0)
      await write(fleetId, (tx) => sweepFleet(tx, fleetId))
  }

  /** The mail for which an ended fleet was kept open was read or refused without waking anybody. */
  const settle = async ({ fleet, agents, toWake }: FleetView) => {
    if (fleet.status !== "running" || toWake.size > 0) return
    if (agents.every((agent) => isEnded(agent.status)))
      await write(fleet.id, (tx) => settleAndTell(tx, fleet.id))
  }

  const isSettled = ({ fleet, hosts: open, toWake }: FleetView) =>
    fleet.status !== "running" && open.length === 0 && toWake.size === 0

  /** Unless it was handed over meanwhile, and taken again. */
  const forget = (fleetId: string, hold: Hold) => {
    if (held.get(fleetId) !== hold) return
    held.delete(fleetId)
    deps.watch?.drop(fleetId)
  }

  const giveBack = async (fleetId: string, hold: Hold) => {
    if (deps.watch) {
      await deps.watch.leave(fleetId)
      // It was handed over meanwhile, or there is more to do.
      if (hold.again || held.get(fleetId) !== hold) return
    }
    forget(fleetId, hold)
    await hold.lease.release()
  }

  const handOver = async () => {
    // A lease that is being taken would be left behind.
    await Promise.allSettled(trying.values())
    await release()
  }

  const release = async () => {
    const holds = [...held]
    held.clear()
    await Promise.allSettled(
      holds.map(async ([fleetId, { lease }]) => {
        await deps.watch?.leave(fleetId)
        await lease.release()
      }),
    )
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
    /** Why it supervises nothing any more, once a newer Meshfleet has taken the ledger over. */
    leftBehind: () => outdated,
    /** Gives the leases back, so that others take over at once. Hosts go on. */
    handOver,
    /** Hands over, and supervises nothing from then on. Idempotent. */
    async close() {
      if (closed) return
      closed = true
      pulse.stop()
      await handOver()
    },
    /** Waits for host starts and worktrees under way; for tests and for an orderly end. */
    settle: () => Promise.allSettled([...work]),
  }
}

export type Supervisor = ReturnType<typeof createSupervisor>
