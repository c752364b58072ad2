import type { IsAlive } from "../access.ts"
import { isActive, isEnded, type Failure } from "../agent.ts"
import { assign, failAttempt, type RetryPolicy } from "../attempt.ts"
import type { NewId } from "../ids.ts"
import { agentById, agentsOfHost } from "../ledger/agents.ts"
import type { Database } from "../ledger/driver.ts"
import { appendEvent } from "../ledger/events.ts"
import { forgetFiles, hasFileMarks } from "../ledger/file-marks.ts"
import { fleetById } from "../ledger/fleets.ts"
import { hostById, insertHost } from "../ledger/hosts.ts"
import type { FleetRow, HostRow } from "../ledger/rows.ts"
import { settleAndTell } from "../notices.ts"
import { requestStop } from "../stop.ts"
import { hashNonce } from "../text.ts"
import { reopenAgent, spendWake, type WakeCaps } from "../wake.ts"
import type { Worktrees } from "../worktrees.ts"
import { isStuck, mayBeStuck, reportStuck } from "./all-waiting.ts"
import { readFleetView } from "./fleet-view.ts"
import type { Ending, Hosts } from "./hosts.ts"
import type { Lease, Leases } from "./leases.ts"
import { type PulseDeps, startPulse } from "./pulse.ts"
import { type Action, type FleetView, plan, type SupervisionLimits } from "./plan.ts"
import { takeOver } from "./take-over.ts"
import { closeHost, hasMailForGoneLead, parkMail } from "./transitions.ts"
import { reportStall, warnOfBudget } from "./watch.ts"
import { createWorktreeKeeper } from "./worktree-keeper.ts"

export interface SupervisorDeps extends PulseDeps {
  now: () => number
  newId: NewId
  random: () => number
  isAlive: IsAlive
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
 * enforces limits. Everything it decides is in `plan`; here it is carried out.
 */
export const createSupervisor = (deps: SupervisorDeps) => {
  const { ledger, changes, now, newId, hosts, leases, limits } = deps
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
      void tick(fleetId)
    } catch (error) {
      await lease?.release()
      deps.onError(error)
    }
  }

  /** A write as supervisor: nothing once somebody else has begun a term. */
  const write = (fleetId: string, change: (db: Database) => void) =>
    ledger.transact((db) => {
      if (held.get(fleetId)?.term === fleetById(db, fleetId)?.term) change(db)
    })

  const keeper = createWorktreeKeeper({ ...deps, write })

  const tick = async (fleetId: string) => {
    const hold = held.get(fleetId)
    if (!hold || closed) return
    if (hold.busy) return void (hold.again = true)
    hold.busy = true
    try {
      do {
        hold.again = false
        const current = ledger.read((db) => {
          const fleet = fleetById(db, fleetId)
          return fleet && readFleetView(db, fleet, deps.isAlive)
        })
        if (!current) break
        // Somebody took over while we were frozen, and our lease has not told us yet.
        if (current.fleet.term !== hold.term) return void held.delete(fleetId)
        for (const action of plan(current, now(), limits))
          if (held.has(fleetId)) await carryOut(current, action)
        if (ledger.read((db) => hasMailForGoneLead(db, current.fleet, deps.isAlive)))
          await write(fleetId, (db) => parkMail(db, now(), fleetId))
        if (mayBeStuck(current.agents) && ledger.read((db) => isStuck(db, now(), fleetId)))
          await write(fleetId, (db) => reportStuck(db, newId, now(), fleetId))
        await settle(current)
        if (!isSettled(current)) continue
        await keeper.settle(fleetId)
        if (ledger.read((db) => hasFileMarks(db, fleetId)))
          await write(fleetId, (db) => forgetFiles(db, fleetId))
        // Somebody may have joined meanwhile.
        if (!hold.again) await release(fleetId)
      } while (hold.again && held.has(fleetId))
    } catch (error) {
      deps.onError(error)
    } finally {
      hold.busy = false
    }
  }

  /** The mail for which an ended fleet was kept open was read or refused without waking anybody. */
  const settle = async ({ fleet, agents, toWake }: FleetView) => {
    if (fleet.status !== "running" || toWake.size > 0) return
    if (agents.every((agent) => isEnded(agent.status)))
      await write(fleet.id, (db) => settleAndTell(db, newId, now(), fleet.id))
  }

  const isSettled = ({ fleet, hosts: open, toWake }: FleetView) =>
    fleet.status !== "running" && open.length === 0 && toWake.size === 0

  const release = async (fleetId: string) => {
    const hold = held.get(fleetId)
    held.delete(fleetId)
    await hold?.lease.release()
  }

  const carryOut = async (current: FleetView, action: Action) => {
    const fleetId = current.fleet.id
    switch (action.do) {
      case "start-host":
        return startHost(current.fleet, action)
      case "prepare-worktree":
        return inBackground(keeper.prepare(action.agent.id))
      case "assign":
        await write(fleetId, (db) => {
          // A host that decided to end in the meantime takes nobody on.
          const host = hostById(db, action.hostId)
          if (host && host.status !== "ending" && host.status !== "ended")
            assign(db, now(), agentById(db, action.agent.id)!, action.hostId)
        })
        break
      case "lose-host":
        await loseHost(action.host, action.failure)
        break
      case "kill-host":
        await loseHost(action.host, { code: "HOST_LOST", detail: action.cause }, "firmly")
        break
      case "close-host":
        await hosts.end(action.host, agentIdsOf(action.host), "politely")
        await write(fleetId, (db) => closeHost(db, now(), action.host, "ended with its work done"))
        break
      case "time-out":
        await write(fleetId, (db) =>
          requestStop(db, newId, now(), agentById(db, action.agent.id)!, {
            mode: "cancel",
            reason: `The fleet's timeout was reached.`,
            code: "TIMEOUT",
          }),
        )
        break
      case "cancel":
        await write(fleetId, (db) =>
          requestStop(db, newId, now(), agentById(db, action.agent.id)!, {
            mode: "cancel",
            reason: "It did not report within its time to wrap up.",
          }),
        )
        break
      case "report-stall":
        await write(fleetId, (db) => reportStall(db, newId, now(), action.agent.id, action.idleMs))
        break
      case "warn-of-budget":
        await write(fleetId, (db) =>
          warnOfBudget(db, newId, now(), fleetId, action.agent, action.spending),
        )
        break
      case "wrap-up":
        await write(fleetId, (db) =>
          requestStop(db, newId, now(), agentById(db, action.agent.id)!, {
            mode: "wrap_up",
            reason: action.reason,
            code: "BUDGET",
          }),
        )
        break
      case "wake":
        await write(fleetId, (db) => {
          const at = now()
          const agent = agentById(db, action.agent.id)!
          if (
            isEnded(agent.status) &&
            spendWake(db, newId, at, agent.fleet_id, agent.id, deps.caps)
          )
            reopenAgent(db, at, agent, "queued")
        })
        break
    }
    changes.nudge()
  }

  const agentIdsOf = (host: HostRow) =>
    ledger.read((db) => agentsOfHost(db, host.id).map((agent) => agent.id))

  /** The old host is killed, its agents' children too, before anything of it resumes elsewhere. */
  const loseHost = async (host: HostRow, failure: Failure, how: Ending = "lost") => {
    await hosts.end(host, agentIdsOf(host), how)
    await write(host.fleet_id, (db) => {
      const at = now()
      if (!closeHost(db, at, host, failure.detail)) return
      appendEvent(db, at, {
        type: "host.lost",
        fleetId: host.fleet_id,
        data: { host_id: host.id, pid: host.pid, cause: failure.detail },
      })
      for (const agent of agentsOfHost(db, host.id))
        if (isActive(agent.status))
          failAttempt(db, newId, at, agent, failure, deps.retry, deps.random)
    })
  }

  const startHost = async (fleet: FleetRow, action: Action & { do: "start-host" }) => {
    const id = newId.host()
    const nonce = newId.nonce()
    let isOurs = false
    await write(fleet.id, (db) => {
      isOurs = true
      const at = now()
      const host = {
        id,
        fleet_id: fleet.id,
        nonce_hash: hashNonce(nonce),
        directory: action.directory,
        specialists: JSON.stringify(action.specialists),
        created_at: at,
      }
      insertHost(db, host, deps.self)
      appendEvent(db, at, { type: "host.starting", fleetId: fleet.id, data: { host_id: id } })
      for (const agent of action.agents) assign(db, at, agentById(db, agent.id)!, id)
    })
    if (!isOurs) return
    changes.nudge()
    const starting = hosts
      .start({ id, nonce, directory: action.directory }, fleet, ({ pid, process_start }) =>
        ledger
          .transact((db) =>
            db.run(
              "UPDATE hosts SET pid = ?, process_start = ? WHERE id = ? AND pid IS NULL",
              pid,
              process_start,
              id,
            ),
          )
          .then(() => undefined),
      )
      .catch(async (error: unknown) => {
        const detail = error instanceof Error ? error.message : String(error)
        const host = ledger.read((db) => hostById(db, id))
        if (host && host.status !== "ended") await loseHost(host, { code: "HOST_FAILED", detail })
      })
      .catch(deps.onError)
    inBackground(starting)
  }

  const inBackground = (step: Promise<unknown>) => {
    const done: Promise<unknown> = step.finally(() => work.delete(done))
    work.add(done)
  }

  const stopPulse = startPulse(
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
      stopPulse()
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
