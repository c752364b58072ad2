import { mapInOrder } from "../plugin/mesh/model/in-order.ts"
import { join } from "node:path"
import { isActive } from "../plugin/mesh/model/agent.ts"
import { agentsOfHost } from "../plugin/mesh/ledger/tables/agents.ts"
import type { AgentRow, FleetRow, HostRow } from "../plugin/mesh/ledger/tables/rows.ts"
import { isAlive } from "../plugin/system/processes.ts"
import { createWorld, type Run, type World, type WorldOptions } from "../test/e2e/support/world.ts"
import type { Strike } from "./recovery.ts"

export interface BusyHost {
  host: HostRow & { pid: number }
  agents: readonly AgentRow[]
}

/** An OpenCode of a person that is over. */
export interface SessionEnd {
  pid: number
  at: number
  killed: boolean
}

/** A world, and the means to strike at what runs in it. Signals go only to pids of this world. */
export const createArena = async (options: WorldOptions) => {
  const world = await createWorld(options)
  const ledger = await world.ledger()
  const strikes: Strike[] = []
  const runs = new Map<string, Run>()
  const ends: SessionEnd[] = []
  const frozen = new Set<number>()

  const fleet = () =>
    ledger.read((db) => db.get<FleetRow>("SELECT * FROM fleets ORDER BY created_at"))
  const livingHosts = async () =>
    (
      await ledger.read((db) =>
        db.all<HostRow>("SELECT * FROM hosts WHERE status <> 'ended' ORDER BY created_at, id"),
      )
    ).filter((host): host is BusyHost["host"] =>
      host.pid !== null && host.process_start !== null
        ? isAlive({ pid: host.pid, process_start: host.process_start })
        : false,
    )
  const activeOn = (hostId: string) =>
    ledger.read(async (db) =>
      (await agentsOfHost(db, hostId)).filter(({ status }) => isActive(status)),
    )

  const strike = async (pid: number, how: Strike["how"]): Promise<boolean> => {
    if (!world.processes().includes(pid)) return false
    const host = (await livingHosts()).find((each) => each.pid === pid)
    const before = {
      pid,
      how,
      agents: host ? (await activeOn(host.id)).map(({ name }) => name) : [],
      heldLease: (await fleet())?.supervisor_pid === pid,
      attended: (await guardians()).some((each) => each !== pid),
    }
    try {
      process.kill(pid, how === "killed" ? "SIGKILL" : "SIGSTOP")
    } catch {
      return false
    }
    if (how === "frozen") frozen.add(pid)
    strikes.push({ ...before, at: performance.timeOrigin + performance.now() })
    return true
  }

  /**
   * Who could supervise: every OpenCode of the project that does not stand still. A host that starts
   * cannot: it loads the plugin when whoever started it first asks it something.
   */
  const guardians = async () =>
    [
      ...[...runs.values()].map(({ pid }) => pid),
      ...(await livingHosts()).flatMap(({ pid, status }) => (status === "ready" ? [pid] : [])),
    ].filter((pid) => !frozen.has(pid))

  return {
    world,
    ledger,
    strikes,
    ends,
    fleet,
    strike,
    guardians,

    busyHosts: async (): Promise<BusyHost[]> =>
      (
        await mapInOrder(
          (await livingHosts()).filter(({ pid }) => !frozen.has(pid)),
          async (host) => ({ host, agents: await activeOn(host.id) }),
        )
      ).filter(({ agents }) => agents.length > 0),

    thaw(pid: number) {
      frozen.delete(pid)
      if (world.processes().includes(pid)) process.kill(pid, "SIGCONT")
    },

    /** Until the command of a gate runs: two OpenCodes have to start before. */
    untilReached: (gate: string) =>
      world.untilFile(join(world.project, `${gate}.reached`), 120_000),

    /** An OpenCode of the project that runs the scripted agent `as`. */
    open(as: string) {
      const run = world.run("Go.", as)
      runs.set(as, run)
      void run.ended.then((how) => {
        runs.delete(as)
        ends.push({ pid: run.pid, at: Date.now(), killed: how === "SIGKILL" })
      })
      return run
    },
    openRuns: () => [...runs],
  }
}

export type Arena = Awaited<ReturnType<typeof createArena>>

/** What a scenario hands over once nothing of it needs to go on. */
export interface Played {
  world: World
  strikes: readonly Strike[]
  ends: readonly SessionEnd[]
  /** What the scenario itself saw go wrong. */
  violations: readonly string[]
  /** Whatever still runs after this instant + 20 s was left behind. */
  endedAt: number
  /** Called when everything was examined. */
  cleanUp?: () => Promise<unknown>
}
