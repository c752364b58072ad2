import {
  fleetMeant,
  type IsAlive,
  refuseDelegated,
  requireAgents,
  requireFleet,
  requireLead,
  requirePerson,
} from "../access.ts"
import type { Changes } from "../ledger/changes.ts"
import { agentById, agentsOfFleet } from "../ledger/tables/agents.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { hasWakingMail } from "../ledger/tables/messages.ts"
import { worktreeOf } from "../ledger/tables/worktrees.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { everyInOrder, mapInOrder } from "../model/in-order.ts"
import { allowCheck } from "./allow-check.ts"
import { conditionsOf, type ConditionsDraft, createApprovals } from "./approvals.ts"
import { createGiveBack, type Ground } from "./give-back.ts"
import { type Dependencies, dependenciesOf, inMergeOrder } from "./merge-order.ts"
import { type Candidate, keptOf, runPass } from "./merge-pass.ts"
import { isOpen, type MergeReport } from "./merge-report.ts"
import type { MergeTrees } from "./merge-trees.ts"
import { createOneMerge, type OneMergeDeps } from "./one-merge.ts"
import type { SendBackDeps } from "./send-back.ts"

export interface MergesDeps extends SendBackDeps, OneMergeDeps {
  changes: Changes
  isAlive: IsAlive
  trees: MergeTrees
}

export interface MergeOptions extends ConditionsDraft {
  /** Whose branches, in this order; all, in the order in which they ended, when left out. */
  agent_ids?: readonly string[] | undefined
  /** Run in the merged tree: what fails it is left out. */
  check?: string | undefined
  /** One commit for each agent. */
  squash?: boolean | undefined
  /** One check for all of them; which one breaks it is found by halves. */
  batch?: boolean | undefined
  signal?: AbortSignal | undefined
  onProgress?: ((line: string) => void) | undefined
}

/** Brings the branches of a fleet's agents together. */
export const createMerges = (deps: MergesDeps) => {
  const { ledger, changes, isAlive, trees } = deps
  const alone = createOneMerge(deps)
  const giveBack = createGiveBack(deps)

  const candidateOf = async (id: string): Promise<Candidate> =>
    ledger.read(async (db) => ({
      agent: (await agentById(db, id))!,
      tree: await worktreeOf(db, id),
    }))

  const chosen = async (caller: Caller, asked: string | undefined, options: MergeOptions) => {
    refuseDelegated(caller, "merge branches")
    const { agent_ids: names, approved_by = [] } = options
    const called = [...(names ?? []), ...approved_by]
    const fleetId = (await ledger.read((db) => fleetMeant(db, caller, asked, called))).id
    return ledger.transact(async (tx) => {
      const fleet = await requireFleet(tx, caller, fleetId)
      await requireLead(tx, caller, fleet, isAlive)
      const all = await agentsOfFleet(tx, fleetId)
      const wanted = names ? await requireAgents(tx, fleetId, names) : all
      const conditions = await conditionsOf(tx, caller, fleetId, options)
      const dependencies: Dependencies = await dependenciesOf(tx, fleetId)
      const ordered = inMergeOrder(wanted, dependencies, names !== undefined)
      const ids = new Set(ordered.map(({ id }) => id))
      const others = all.filter(({ id }) => !ids.has(id))
      return { fleet, conditions, dependencies, ids: [...ids], others }
    })
  }

  const merge = async (
    caller: Caller,
    asked: string | undefined,
    options: MergeOptions,
  ): Promise<MergeReport> => {
    const { check, squash = false, batch = false, onProgress } = options
    const { fleet, conditions, dependencies, ids, ...left } = await chosen(caller, asked, options)
    if (check !== undefined) await allowCheck(caller, check)
    const standing = await trees.at(caller.directory)
    return alone(standing.repository, options.signal, async (signal) => {
      const place = trees.place(fleet.id, standing.repository)
      const tree = await trees.open(place)
      const onStep = (name: string | undefined) => {
        if (!signal.aborted) return void (name !== undefined && onProgress?.(`merging ${name}`))
        throw new MeshError(
          "MERGE_BUSY",
          "The merge was interrupted.",
          "Merge again: what is in stays in, and it goes on from there.",
        )
      }
      const others = await mapInOrder(left.others, ({ id }) => candidateOf(id))
      const pass = await runPass({
        ledger,
        tree,
        place,
        standing,
        candidates: await mapInOrder(ids, candidateOf),
        others,
        dependencies,
        lackOf: createApprovals(ledger, conditions, tree),
        check,
        isBatch: batch,
        signal,
        onStep,
      })
      const reports = [...pass.reports.values()]
      const open = reports.filter(isOpen)
      if (pass.redBefore === undefined)
        for (const report of open)
          if (report.state !== "at_work")
            await giveBack(caller, { tree, place, standing }, pass, report, check)
      const result = await resultOf({ tree, place, standing, tip: pass.tip, squash })
      const kept = await keptOf({ tree, standing, others }, pass.tip)
      if (open.length === 0) await tree.remove()
      await ledger.transact((tx) =>
        appendEvent(tx, {
          type: "fleet.merged",
          fleetId: fleet.id,
          data: {
            ...(result && { branch: result.branch, commit: result.commit }),
            merged: reports.filter(({ state }) => state === "merged").length,
            left_out: open.length,
          },
        }),
      )
      return {
        fleet_id: fleet.id,
        complete: open.length === 0,
        ...result,
        ...(pass.redBefore !== undefined && {
          note: redBeforeText(standing.branch ?? standing.commit, pass.redBefore),
        }),
        // Whatever came in was checked when it did.
        ...(check !== undefined && pass.isChecked && { check: "passed" as const }),
        branches: reports,
        ...(kept.length > 0 && { kept }),
      }
    })
  }

  /** Whether these have ended, with no mail left that would wake them. */
  const areBack = (ids: readonly string[]) =>
    ledger.read((db) =>
      everyInOrder(ids, async (id) => {
        const agent = await agentById(db, id)
        return !agent || (isEnded(agent.status) && !(await hasWakingMail(db, id)))
      }),
    )

  /** Waits for those that mend or approve what is not in: whether it is to be tried again. */
  const untilBack = async (
    report: MergeReport,
    timeoutMs: number,
    { signal, onProgress }: Pick<MergeOptions, "signal" | "onProgress">,
  ): Promise<boolean> => {
    const awaited = awaitedIn(report)
    if (awaited.length === 0 || timeoutMs <= 0 || signal?.aborted) return false
    onProgress?.(`waiting for ${awaited.length} to mend or approve what is not in`)
    const look = async () => (await areBack(awaited)) || undefined
    return (await changes.until(look, { timeoutMs, signal })) === true
  }

  return {
    untilBack,

    /** One go: what fits is in, the rest is with whoever is to mend it. */
    merge,

    /** Goes on until all is in, nobody is at it any more, or the time is over. */
    async mergeAll(
      caller: Caller,
      asked: string | undefined,
      options: MergeOptions & { wait_seconds?: number | undefined },
    ): Promise<MergeReport> {
      const until = performance.now() + (options.wait_seconds ?? 0) * 1000
      let report
      do report = await merge(caller, asked, options)
      while (await untilBack(report, until - performance.now(), options))
      return report
    },

    /** Into the tree of the caller's directory. A person's alone: a lead has its own shell for that. */
    async apply(caller: Caller, fleetId: string, { squash = false }: { squash?: boolean }) {
      requirePerson(caller, "bring a merged branch into their own tree")
      const standing = await trees.at(caller.directory)
      return alone(standing.repository, undefined, async () => {
        const place = trees.place(fleetId, standing.repository)
        const tips = await (await trees.open(place)).tips()
        const commit = squash ? tips.squashed : tips.merged
        if (commit === undefined)
          throw new MeshError(
            "NOT_CLEAN",
            `There is no branch ${squash ? place.squashed : place.branch}.`,
            "Merge first.",
          )
        await trees.take(caller.directory, commit)
        await ledger.transact((tx) =>
          appendEvent(tx, {
            type: "fleet.taken",
            fleetId,
            data: { commit, into: standing.branch ?? null },
          }),
        )
        return { commit, into: standing.branch! }
      })
    },
  }
}

export type Merges = ReturnType<typeof createMerges>

/** Who is at what is not in. */
const awaitedIn = ({ branches }: MergeReport) => [
  ...new Set(
    branches.flatMap(({ sent_to, asked = [] }) => [...asked, ...(sent_to ? [sent_to] : [])]),
  ),
]

interface ResultDeps extends Ground {
  tip: string
  squash: boolean
}

/** The branch that holds what is in, if anything is. */
const resultOf = async ({ tree, place, standing, tip, squash }: ResultDeps) => {
  if (tip === standing.commit) return undefined
  const branch = squash ? place.squashed : place.branch
  const commit = squash ? await tree.squash(standing.commit, tip) : tip
  return { branch, commit, take: `git merge --ff-only ${branch}` }
}

/** Most often it is the tree that lacks something, and not the work that was there before. */
const redBeforeText = (where: string, output: string) =>
  `Nothing was tried, for the check fails on ${where} alone, in the merge's own tree. If that lacks what git ignores (such as node_modules), let the check make it (npm ci && npm test), or the setting worktree_setup. It said: ${output}`
