import type { Ledger } from "../ledger/ledger.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow, WorktreeRow } from "../ledger/tables/rows.ts"
import { noteMerged } from "../ledger/tables/worktrees.ts"
import { isEnded } from "../model/agent.ts"
import { everyInOrder, filterInOrder } from "../model/in-order.ts"
import { cut, oneLine } from "../prompts.ts"
import { parseSetup } from "../worktrees/tree-setup.ts"
import type { Lack } from "./approvals.ts"
import type { Dependencies } from "./merge-order.ts"
import type { BranchReport } from "./merge-report.ts"
import type { MergePlace, MergeTree, Standing } from "./merge-trees.ts"
import { type Outcome, takeBranches, type Unit } from "./take-branches.ts"

export interface Candidate {
  agent: AgentRow
  tree: WorktreeRow | undefined
}

export interface PassDeps {
  ledger: Ledger
  tree: MergeTree
  place: MergePlace
  standing: Standing
  /** In the order in which they are taken. */
  candidates: readonly Candidate[]
  /** Those of the fleet that are not to be taken now. */
  others: readonly Candidate[]
  dependencies: Dependencies
  /** What a branch that stands at these commits lacks of the approval it needs. */
  lackOf: (agent: AgentRow, tips: readonly string[]) => Promise<Lack | undefined>
  check: string | undefined
  isBatch: boolean
  signal: AbortSignal
  onStep: (name: string | undefined) => void
}

export interface Pass {
  reports: Map<string, BranchReport>
  /** What each agent's branch stood at. */
  tips: Map<string, readonly string[]>
  lacks: Map<string, Lack>
  tip: string
  redBefore: string | undefined
  /** Whether something came in after a check, which so passes on the tip. */
  isChecked: boolean
}

/** Brings in what is ready, in one go. What lasts of it is in git's refs: a pass that is killed is done again. */
export const runPass = async (deps: PassDeps): Promise<Pass> => {
  const { tree, standing, candidates, dependencies, signal } = deps
  const reports = new Map<string, BranchReport>()
  const tips = new Map<string, readonly string[]>()
  const units: Unit[] = []
  for (const candidate of candidates) {
    deps.onStep(candidate.agent.name)
    const report = await look(deps, candidate, tips)
    reports.set(candidate.agent.id, report)
    if (report.state !== "merged") continue
    const { agent } = candidate
    const after = dependencies.get(agent.id) ?? []
    units.push({ id: agent.id, tips: tips.get(agent.id)!, note: noteOf(agent), after })
  }
  const check = deps.check
  const ground = { ...standing, setup: setupOf(deps) }
  const runCheck = check && (() => tree.check(check, ground, signal))
  const start = await findStart(tree, standing, runCheck || undefined)
  const lacks = await lacksOf(deps, start, tips, reports)
  const taken = await takeBranches({
    tree,
    units: units.filter(({ id }) => !lacks.has(id)),
    start,
    missing: await missingOf(deps, reports, start),
    check: runCheck || undefined,
    isBatch: deps.isBatch,
    onStep: (unit) => deps.onStep(unit && reports.get(unit.id)!.name),
  })
  for (const unit of units) {
    const outcome = taken.outcomes.get(unit.id)
    // A later branch may have brought it along: whoever mended it.
    const isIn = await everyInOrder(unit.tips, (each) => tree.isIn(each, taken.tip))
    const lack = lacks.get(unit.id)
    const left = lack ? { detail: lack.detail } : shown(outcome, reports)
    Object.assign(reports.get(unit.id)!, isIn ? { state: "merged" } : left)
    if (isIn) lacks.delete(unit.id)
  }
  await noteAll(deps, [...reports.values()], tips)
  const isChecked = check !== undefined && taken.tip !== start
  return { reports, tips, lacks, tip: taken.tip, redBefore: taken.redBefore, isChecked }
}

/** As its agents' worktrees were set up: that is one and the same for all of a fleet. */
const setupOf = ({ candidates, others }: Pick<PassDeps, "candidates" | "others">) =>
  parseSetup([...candidates, ...others].find(({ tree }) => tree?.setup)?.tree?.setup ?? null)

/** Which of those that are to be tried may not be yet. What is in already is asked about no more. */
const lacksOf = async (
  { tree, candidates, lackOf }: PassDeps,
  start: string,
  tips: ReadonlyMap<string, readonly string[]>,
  reports: ReadonlyMap<string, BranchReport>,
) => {
  const lacks = new Map<string, Lack>()
  for (const { agent } of candidates) {
    const report = reports.get(agent.id)!
    const made = tips.get(agent.id) ?? []
    if (report.state !== "merged" || (await everyInOrder(made, (each) => tree.isIn(each, start))))
      continue
    const lack = await lackOf(agent, made)
    if (!lack) continue
    lacks.set(agent.id, lack)
    report.state = "not_approved"
  }
  return lacks
}

/** What others made that is not in: nobody asked for it, and nobody takes it away. */
export const keptOf = async (
  { tree, standing, others }: Pick<PassDeps, "tree" | "standing" | "others">,
  tip: string,
) => {
  const theirs = others.flatMap(({ agent, tree: row }) =>
    row && row.repository === standing.repository ? [{ name: agent.name, row }] : [],
  )
  const kept = await filterInOrder(theirs, async ({ row }) => {
    const made = await tree.tipsOf(row)
    return made.length === 0
      ? (row.uncommitted ?? 0) > 0
      : !(await everyInOrder(made, (each) => tree.isIn(each, tip)))
  })
  return kept.map(({ name, row }) => ({ name, branch: row.branch }))
}

/** What there is of one agent; `merged` stands for what is to be tried. */
const look = async (
  { ledger, tree, standing }: PassDeps,
  { agent, tree: row }: Candidate,
  tips: Map<string, readonly string[]>,
): Promise<BranchReport> => {
  const report: BranchReport = { agent_id: agent.id, name: agent.name, state: "unchanged" }
  if (!row || row.state === "wanted" || row.state === "removed") return report
  report.branch = row.branch
  if (!isEnded(agent.status)) return { ...report, state: "at_work" }
  if (row.repository !== standing.repository)
    return { ...report, state: "failed", detail: `its branch is in ${row.repository}` }
  try {
    const { commit, files, unfinished } = await tree.save(row, savedMessage(agent))
    if (unfinished !== undefined) return { ...report, state: "unfinished", detail: unfinished }
    if (commit !== undefined) {
      report.saved = files
      await ledger.transact((tx) =>
        appendEvent(tx, {
          type: "branch.saved",
          fleetId: agent.fleet_id,
          agentId: agent.id,
          data: { branch: row.branch, commit, files },
        }),
      )
    }
    const made = await tree.tipsOf(row)
    tips.set(agent.id, made)
    return made.length === 0 ? report : { ...report, state: "merged" }
  } catch (error) {
    return { ...report, state: "failed", detail: (error as Error).message }
  }
}

/**
 * Where to go on: at what is merged already, with the person's own commits below it. Where these do not
 * fit, all branches are taken anew onto the person's, so that who conflicts with them is found.
 */
const findStart = async (
  tree: MergeTree,
  { commit: head, branch }: Standing,
  check: (() => Promise<{ ok: boolean }>) | undefined,
): Promise<string> => {
  const { merged, squashed } = await tree.tips()
  if (merged === undefined) return head
  if (await tree.isIn(head, merged)) return merged
  const note = {
    message: `Go on from ${branch ?? head.slice(0, 12)} with what was merged before`,
    author: meshfleet,
  }
  const isTaken =
    squashed !== undefined &&
    (await tree.isIn(squashed, head)) &&
    (await tree.hasSameFiles(squashed, merged))
  if (isTaken) {
    const tie = await tree.tie(head, merged, note)
    await tree.advance(tie)
    return tie
  }
  await tree.startAt(head)
  const joined = await tree.join(merged, note)
  if (!("commit" in joined) || (check && !(await check()).ok)) return head
  await tree.advance(joined.commit)
  return joined.commit
}

/** Whose work somebody may depend on, and is not in. */
const missingOf = async (
  { tree, others, dependencies }: PassDeps,
  reports: ReadonlyMap<string, BranchReport>,
  start: string,
) => {
  const wanted = new Set([...dependencies.values()].flat())
  const missing = new Set(
    [...reports.values()]
      .filter(({ state }) => state !== "merged" && state !== "unchanged")
      .map(({ agent_id }) => agent_id),
  )
  for (const { agent, tree: row } of others) {
    if (!wanted.has(agent.id) || !row) continue
    const made = await tree.tipsOf(row)
    const isIn = await everyInOrder(made, (each) => tree.isIn(each, start))
    if (!isIn || !isEnded(agent.status)) missing.add(agent.id)
  }
  return missing
}

const shown = (
  outcome: Outcome | undefined,
  reports: ReadonlyMap<string, BranchReport>,
): Partial<BranchReport> => {
  switch (outcome?.state) {
    case "merged":
      return { state: "merged" }
    case "conflict":
      return { state: "conflict", files: outcome.files }
    case "check_failed":
      return { state: "check_failed", output: outcome.output }
    case "failed":
      return { state: "failed", detail: outcome.detail }
    case "held": {
      const names = outcome.by.map((id) => reports.get(id)?.name ?? id)
      return { state: "held", detail: `it needs the work of ${names.join(", ")}, which is not in` }
    }
    default:
      return { state: "held", detail: "the check fails without it" }
  }
}

/** What git has is told to the ledger: again, if whoever did it was killed before. */
const noteAll = (
  { ledger, place, candidates }: PassDeps,
  reports: readonly BranchReport[],
  tips: ReadonlyMap<string, readonly string[]>,
) =>
  ledger.transact(async (tx) => {
    for (const { agent_id, state, branch } of reports) {
      const commit = tips.get(agent_id)?.at(-1)
      if (state !== "merged" || commit === undefined) continue
      if (!(await noteMerged(tx, agent_id, commit))) continue
      await appendEvent(tx, {
        type: "branch.merged",
        fleetId: candidates[0]!.agent.fleet_id,
        agentId: agent_id,
        data: { branch, commit, into: place.branch },
      })
    }
  })

const meshfleet = { name: "Meshfleet", email: "meshfleet@localhost" }

const longestSubject = 60
const longestTask = 300

const noteOf = (agent: AgentRow) => {
  const [first = ""] = agent.prompt.trim().split("\n")
  const subject = cut(`Work of ${oneLine(agent.name)} (${oneLine(agent.role)})`, longestSubject)
  return {
    message: `${subject}\n\n${cut(oneLine(first), longestTask)}\n\n${trailers(agent)}`,
    author: { name: `${oneLine(agent.name)} (Meshfleet)`, email: `${agent.id}@meshfleet.invalid` },
  }
}

const trailers = ({ fleet_id, id }: AgentRow) => `Meshfleet-Agent: ${fleet_id}/${id}`

const savedMessage = (agent: AgentRow) =>
  `Uncommitted work of ${oneLine(agent.name)}\n\nMeshfleet committed what the agent had left in its worktree.\n\n${trailers(agent)}`
