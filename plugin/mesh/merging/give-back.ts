import { agentById } from "../ledger/tables/agents.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { worktreeOf } from "../ledger/tables/worktrees.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { answersOf } from "../lifecycle/agent-answers.ts"
import type { Caller } from "../model/caller.ts"
import type { Intent, Mending } from "../prompts.ts"
import { createAskApproval } from "./ask-approval.ts"
import type { Pass } from "./merge-pass.ts"
import type { BranchReport } from "./merge-report.ts"
import type { MergePlace, MergeTree, Standing } from "./merge-trees.ts"
import { createSendBack, type SendBackDeps } from "./send-back.ts"

/** Where a pass was made. */
export interface Ground {
  tree: MergeTree
  place: MergePlace
  standing: Standing
}

/** Tells whoever is to mend or to approve a branch that was left out, and notes it in the report and the history. */
export const createGiveBack = (deps: SendBackDeps) => {
  const { ledger } = deps
  const sendBack = createSendBack(deps)
  const askApproval = createAskApproval(deps)

  return async (
    caller: Caller,
    { tree, place, standing }: Ground,
    pass: Pass,
    report: BranchReport,
    check: string | undefined,
  ) => {
    const { agent, row } = await ledger.read(async (db) => ({
      agent: (await agentById(db, report.agent_id))!,
      row: await worktreeOf(db, report.agent_id),
    }))
    const { state, files = [] } = report
    if (state === "conflict")
      report.others = await whoChanged(ledger, pass, (tip) =>
        tree.changed(tip, standing.commit, files),
      )
    const why = row && reasonOf(report, row.path)
    if (why) {
      const own = await intentOf(ledger, agent.id)
      const mending = { own, branch: row.branch, merged: place.branch, why, check }
      const stood = [...(pass.tips.get(agent.id) ?? [state]), pass.tip]
      const shortened = stood.map((each) => each.slice(0, 12)).join(" ")
      Object.assign(report, await sendBack(caller, agent, mending, shortened))
    }
    const ask = pass.lacks.get(agent.id)?.ask ?? []
    if (row && ask.length > 0) {
      const [own, tips] = [await intentOf(ledger, agent.id), pass.tips.get(agent.id)!]
      const review = { own, branch: row.branch, tips, base: standing.commit }
      Object.assign(report, await askApproval(caller, ask, review))
    }
    await ledger.transact((tx) =>
      appendEvent(tx, {
        type: "branch.left_out",
        fleetId: agent.fleet_id,
        agentId: agent.id,
        data: {
          branch: report.branch,
          state,
          ...(files.length > 0 && { files }),
          ...(report.sent_to !== undefined && { sent_to: report.sent_to }),
          ...(report.asked !== undefined && { asked: report.asked }),
        },
      }),
    )
  }
}

const reasonOf = (
  { state, files = [], others = [], output = "", detail = "" }: BranchReport,
  path: string,
): Mending["why"] | undefined => {
  switch (state) {
    case "conflict":
      return { state, files, others }
    case "check_failed":
      return { state, output }
    case "unfinished":
      return { state, act: detail, path }
    default:
      return undefined
  }
}

/** Whose work is in and changed something that is looked for. */
const whoChanged = async (
  ledger: Ledger,
  { reports, tips }: Pass,
  changedBy: (tip: string) => Promise<readonly string[]>,
) => {
  const found: Intent[] = []
  for (const { agent_id, state } of reports.values()) {
    if (state !== "merged") continue
    const changed: string[] = []
    for (const tip of tips.get(agent_id) ?? []) changed.push(...(await changedBy(tip)))
    if (changed.length > 0) found.push(await intentOf(ledger, agent_id))
  }
  return found
}

const intentOf = (ledger: Ledger, id: string): Promise<Intent> =>
  ledger.read(async (db) => {
    const agent = (await agentById(db, id))!
    return { name: agent.name, task: agent.prompt, result: (await answersOf(db, agent)).output }
  })
