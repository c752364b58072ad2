import type { Ledger } from "../ledger/ledger.ts"
import type { Query, Upkeep } from "../ledger/port.ts"
import { agentIdsOf } from "../ledger/tables/agents.ts"
import { appendEvent, countEvents, forgetLooseEvents } from "../ledger/tables/events.ts"
import { markPruned } from "../ledger/tables/fleets.ts"
import { hostIdsOf, openHostIds } from "../ledger/tables/hosts.ts"
import { countMessages } from "../ledger/tables/mail/reads.ts"
import {
  fleetsEndedBefore,
  halfPruned,
  isAnyRunning,
  type OldFleet,
  projectsWithFleets,
} from "../ledger/tables/retention/old-fleets.ts"
import { claimPruning, sincePruning } from "../ledger/tables/retention/prunings.ts"
import { forgetSession, idleSessions } from "../ledger/tables/sessions.ts"
import { leadRecipient } from "../model/message.ts"
import { removeSome } from "./remove-fleet.ts"
import { type KeepDeps, whyKept } from "./why-kept.ts"

/** What lies in the mesh home beside the ledger. */
export interface HomeFiles {
  /** What a fleet that is pruned has left there. */
  forget(fleetId: string, hostIds: readonly string[]): void
  /** Bounds the logs by age, number and size; those of `living` hosts by size only. */
  tidy(living: ReadonlySet<string>, before: number): void
}

export interface RetentionDeps extends KeepDeps {
  ledger: Ledger
  /** Undefined where the ledger is no file. */
  upkeep: () => Promise<Upkeep | undefined>
  now: () => number
  files: HomeFiles
  pause: (ms: number) => Promise<void>
}

export interface Pruning {
  /** Of these projects, else of all that the ledger has. */
  projects: readonly string[] | undefined
  olderThanMs: number
  dryRun?: boolean
  /** In small steps, between which whoever writes gets its turn; by default where a fleet runs. */
  polite?: boolean
}

/** A fleet that is old enough and stays. */
export interface Kept {
  fleet_id: string
  name: string
  reason: string
}

export interface Pruned {
  /** Fleets that ended before it are old enough. */
  before: number
  fleets: number
  agents: number
  messages: number
  events: number
  kept: Kept[]
}

const day = 24 * 3_600_000
/** What belongs to no fleet belongs to no project: it stays this long at least, whoever prunes. */
const looseMs = 30 * day
/** So many rows of one transaction are away within 2 ms, if nobody waits for it within ten. */
const [fewRows, manyRows] = [100, 1000]
/** Whoever waits for the lock tries again within 25 ms: it has its turn before the next step. */
const politeMs = 25
/** Where a step took longer, as on a busy machine, the next one waits so many times as long. */
const politeTimes = 5
/** A step changes some hundred pages; SQLite lets the commit write back that comes to four thousand. */
const writeBackSteps = 8
const pageSize = 50
/** At most so often by itself when nothing runs, and so often in any case. */
const [whenCalmMs, inAnyCaseMs] = [6 * 3_600_000, day]
/** Free pages are written to again, so giving them back is worth its writing only where they are many. */
const leastFreePart = 0.25

/** Keeps the history bounded: what ended long ago is taken away. */
export const createRetention = (deps: RetentionDeps) => {
  const { ledger, now, pause, files } = deps

  const isPolite = async (wanted?: boolean) => wanted ?? (await ledger.read(isAnyRunning))

  /** Repeats a step until it says that it was the last. */
  const inSteps = async (polite: boolean, step: () => Promise<boolean>) => {
    const upkeep = polite ? await deps.upkeep() : undefined
    for (let steps = 1; ; steps++) {
      const began = now()
      if (await step()) return
      if (steps % writeBackSteps === 0) await upkeep?.writeBack()
      await pause(polite ? Math.max(politeMs, (now() - began) * politeTimes) : 0)
    }
  }

  const remove = async (fleet: OldFleet, polite: boolean) => {
    const hostIds = await ledger.read((db) => hostIdsOf(db, fleet.id))
    const rows = polite ? fewRows : manyRows
    await inSteps(polite, () => ledger.transact((tx) => removeSome(tx, fleet, rows)))
    files.forget(fleet.id, hostIds)
  }

  /** Undefined when something speaks for it after all, or somebody else is at it. */
  const mark = (fleet: OldFleet, before: number) =>
    ledger.transact(async (tx) => {
      if ((await whyKept(tx, fleet, before, deps)) !== undefined) return undefined
      const counts = await countsOf(tx, fleet.id)
      if (!(await markPruned(tx, fleet.id))) return undefined
      // Its number is beyond all that is taken away, so numbers go on from there.
      await appendEvent(tx, {
        type: "fleet.pruned",
        data: { fleet_id: fleet.id, name: fleet.name, ...counts },
      })
      return counts
    })

  const pruneProject = async (project: string, pruned: Pruned, pruning: Pruning) => {
    const { before } = pruned
    let last = { id: "", ended_at: -1 }
    for (;;) {
      const page = await ledger.read((db) => fleetsEndedBefore(db, project, before, last, pageSize))
      for (const fleet of page) {
        const reason = await ledger.read((db) => whyKept(db, fleet, before, deps))
        if (reason !== undefined) {
          pruned.kept.push({ fleet_id: fleet.id, name: fleet.name, reason })
          continue
        }
        const counts = pruning.dryRun
          ? await ledger.read((db) => countsOf(db, fleet.id))
          : await mark(fleet, before)
        if (!counts) continue
        const polite = await isPolite(pruning.polite)
        if (!pruning.dryRun) await remove(fleet, polite)
        pruned.fleets++
        pruned.agents += counts.agents
        pruned.messages += counts.messages
        pruned.events += counts.events
        await pause(polite && !pruning.dryRun ? politeMs : 0)
      }
      if (page.length < pageSize) return
      last = page.at(-1)!
    }
  }

  const pruneLoose = async (projects: readonly string[], before: number, polite: boolean) => {
    const looseBefore = Math.min(before, now() - looseMs)
    await inSteps(polite, () =>
      ledger.transact(async (tx) => (await forgetLooseEvents(tx, looseBefore, fewRows)) < fewRows),
    )
    for (const project of projects)
      await ledger.transact(async (tx) => {
        for (const session of await idleSessions(tx, project, before, fewRows))
          if (!deps.isAlive(session)) await forgetSession(tx, session.id)
      })
  }

  const prune = async (pruning: Pruning): Promise<Pruned> => {
    const before = now() - pruning.olderThanMs
    const pruned: Pruned = { before, fleets: 0, agents: 0, messages: 0, events: 0, kept: [] }
    const projects = pruning.projects ?? (await ledger.read(projectsWithFleets))
    const polite = await isPolite(pruning.polite)
    // Somebody died over it.
    if (!pruning.dryRun)
      for (const fleet of await ledger.read(halfPruned)) await remove(fleet, polite)
    for (const project of projects) await pruneProject(project, pruned, pruning)
    if (!pruning.dryRun) {
      await pruneLoose(projects, before, polite)
      await tidy(Math.min(before, now() - day))
    }
    return pruned
  }

  const tidy = async (before: number) => files.tidy(new Set(await ledger.read(openHostIds)), before)

  const reclaim = (upkeep: Upkeep, polite: boolean) =>
    inSteps(polite, async () => !(await upkeep.reclaim()))

  return {
    prune,

    size: async () => (await deps.upkeep())?.size(),

    /**
     * Gives free space back to the disk. The file is written anew where no fleet runs, if most of it is
     * free or it is of an earlier version, which could not shrink otherwise; else it shrinks in steps.
     * Why not, where neither can be.
     */
    async giveBack(): Promise<string | undefined> {
      const upkeep = await deps.upkeep()
      if (!upkeep) return undefined
      const shrinks = await upkeep.shrinks()
      const { bytes, freeBytes } = await upkeep.size()
      const polite = await isPolite()
      if (!polite && (!shrinks || freeBytes > bytes / 2)) await upkeep.rewrite()
      else if (shrinks) await reclaim(upkeep, polite)
      else return "a fleet is running, and nobody could write meanwhile"
      return undefined
    },

    /**
     * Prunes a project's history when nobody did it lately; undefined when it was not its time. Where
     * history is kept for good, logs are bounded all the same.
     */
    async pruneWhenDue(
      project: string,
      olderThanMs: number | undefined,
    ): Promise<Pruned | undefined> {
      const everyMs = (await ledger.read(isAnyRunning)) ? inAnyCaseMs : whenCalmMs
      if ((await ledger.read((db) => sincePruning(db, project, now()))) < everyMs) return undefined
      if (!(await ledger.transact((tx) => claimPruning(tx, project, everyMs)))) return undefined
      if (olderThanMs === undefined) return void (await tidy(now() - looseMs))
      const pruned = await prune({ projects: [project], olderThanMs, polite: true })
      const upkeep = await deps.upkeep()
      const size = await upkeep?.size()
      if (size && size.freeBytes > size.bytes * leastFreePart) await reclaim(upkeep!, true)
      return pruned
    },
  }
}

export type Retention = ReturnType<typeof createRetention>

const countsOf = async (db: Query, fleetId: string) => {
  const agents = await agentIdsOf(db, fleetId)
  return {
    agents: agents.length,
    messages: await countMessages(db, [...agents, leadRecipient(fleetId)]),
    events: await countEvents(db, fleetId),
  }
}
