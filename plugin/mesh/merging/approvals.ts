import { requireAgents } from "../access.ts"
import { requireRatification } from "../councils/ratifications.ts"
import { councilOf } from "../councils/resolution.ts"
import { tally } from "../councils/tally.ts"
import type { RatificationRow } from "../ledger/tables/councils/ratifications.ts"
import { ratificationById } from "../ledger/tables/councils/ratifications.ts"
import { receiptsOf, verdictsOf } from "../ledger/tables/councils/receipts.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { messageById } from "../ledger/tables/messages.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Query, Tx } from "../ledger/port.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { filterInOrder, flatMapInOrder } from "../model/in-order.ts"
import { isOf, parseVerdict, renderVerdict, type Verdict } from "../mail/verdict.ts"
import { cut, inQuotes } from "../prompts.ts"
import type { MergeTree } from "./merge-trees.ts"
import { menderOf } from "./send-back.ts"

/** What a merge asks of a branch besides that it fits. */
export interface Conditions {
  /** Each of them has to approve its commits, but for who made them. */
  approvers: readonly AgentRow[]
  /** A proposal that names its commits, and is ratified. */
  council: RatificationRow | undefined
}

export interface ConditionsDraft {
  approved_by?: readonly string[] | undefined
  ratification_id?: string | undefined
}

/** Why a branch is not approved. */
export interface Lack {
  detail: string
  /** Whose receipt it can still have. */
  ask: readonly AgentRow[]
}

export const conditionsOf = async (
  tx: Tx,
  caller: Caller,
  fleetId: string,
  { approved_by = [], ratification_id }: ConditionsDraft,
): Promise<Conditions> => {
  const approvers = await requireAgents(tx, fleetId, approved_by)
  if (ratification_id === undefined) return { approvers, council: undefined }
  const council = await requireRatification(tx, caller, ratification_id)
  if (council.fleet_id === fleetId) return { approvers, council }
  throw new MeshError(
    "UNKNOWN_MESSAGE",
    `Proposal ${ratification_id} is of fleet ${council.fleet_id}, not of ${fleetId}.`,
    "Name a proposal of the fleet that is merged.",
  )
}

interface Branch {
  agent: AgentRow
  tips: readonly string[]
  /** Those who do not judge it: its agent, and whose work that brings along. */
  authors: readonly AgentRow[]
}

/**
 * Whether a branch has the approval that a merge asks for, as it stands: an approval names commits, so
 * what comes after them has none. Nobody approves what it wrote itself.
 */
export const createApprovals =
  (ledger: Ledger, { approvers, council }: Conditions, tree: Pick<MergeTree, "isIn">) =>
  async (agent: AgentRow, tips: readonly string[]): Promise<Lack | undefined> => {
    if (approvers.length === 0 && !council) return undefined
    const all = await ledger.read((db) => agentsOfFleet(db, agent.fleet_id))
    const authors = all.filter((each) => each.id === agent.id || menderOf(each) === agent.name)
    const branch = { agent, tips, authors }
    const judges = approvers.filter(({ id }) => authors.every((author) => author.id !== id))
    const said = await ledger.read((db) =>
      flatMapInOrder(judges, async (judge) => [{ judge, ...(await wordOf(db, judge, tips)) }]),
    )
    const ask = said.filter(({ declined, lacking }) => !declined && lacking.length > 0)
    const older = await flatMapInOrder(ask, async ({ judge, approved }) => {
      const seen = await filterInOrder(approved, (each) => tree.isIn(each, tips[0]!))
      return seen.slice(-1).map((commit) => `${judge.name} approved ${commit.slice(0, 12)}`)
    })
    const reasons = [
      ...(approvers.length > 0 && judges.length === 0
        ? [`${nameAll(authors)} wrote it: name somebody else in approved_by.`]
        : []),
      ...said.flatMap(({ declined }) => declined ?? []),
      ...(ask.length > 0 ? [howTo(ask)] : []),
      ...older.map((each) => `It has moved on since ${each}.`),
      ...(council ? await ledger.transact((tx) => lackIn(tx, council, branch)) : []),
    ]
    return reasons.length === 0
      ? undefined
      : { detail: reasons.join(" "), ask: ask.map(({ judge }) => judge) }
  }

const nameAll = (agents: readonly Pick<AgentRow, "name">[]) =>
  agents.map(({ name }) => name).join(" and ")

const howTo = (ask: readonly { judge: AgentRow; lacking: readonly string[] }[]) => {
  const missing = [...new Set(ask.flatMap(({ lacking }) => lacking))]
  const actions = missing.map((commit) => renderVerdict({ approves: true, commit }))
  return `It needs the approval of ${nameAll(ask.map(({ judge }) => judge))}: a receipt with the action ${actions.join(", and one with ")}.`
}

/** What somebody has said of these commits, and which it has approved at all. */
const wordOf = async (db: Query, judge: AgentRow, tips: readonly string[]) => {
  const said = (await verdictsOf(db, judge.fleet_id, judge.id)).flatMap(({ action, note }) => {
    const verdict = parseVerdict(action)
    return verdict ? [{ ...verdict, note }] : []
  })
  const is = (approves: boolean, tip: string) => (each: Verdict) =>
    each.approves === approves && isOf(each, tip)
  // Receipts have no order among themselves that counts: who had doubts has to see another commit.
  const no = tips.flatMap((tip) => said.find(is(false, tip)) ?? []).at(0)
  return {
    declined:
      no &&
      `${judge.name} has declined ${no.commit.slice(0, 12)}${no.note === null ? "." : `: ${inQuotes(cut(no.note, 500))}`}`,
    lacking: tips.filter((tip) => !said.some(is(true, tip))),
    approved: said.filter(({ approves }) => approves).map(({ commit }) => commit),
  }
}

/** What a council's decision lacks to hold for a branch. */
const lackIn = async (
  tx: Tx,
  { message_id: id }: RatificationRow,
  { tips, authors }: Branch,
): Promise<string[]> => {
  const row = (await ratificationById(tx, id))!
  const council = councilOf(row)
  const ballots = await receiptsOf(tx, id)
  const { status } = tally(council, ballots, tx.at)
  if (status === "open") return [`Proposal ${id} is open: it has to be ratified first.`]
  if (status !== "ratified")
    return [`Proposal ${id} is ${status}: put ${tips.join(" and ")} to the vote again.`]
  const { payload } = (await messageById(tx, id))!
  const unnamed = tips.filter((tip) => !payload.includes(tip))
  if (unnamed.length > 0)
    return [
      `Proposal ${id} does not name ${unnamed.join(" and ")}: put that to the vote, in the text of the proposal.`,
    ]
  const ids = authors.map((author) => author.id)
  const others = council.voters.filter(({ voter }) => !ids.includes(voter))
  const without = { ...council, status: "open" as const, voters: others }
  return tally(without, ballots, row.resolved_at ?? tx.at).status === "ratified"
    ? []
    : [
        `Proposal ${id} is ratified by the vote of ${nameAll(authors)}, who wrote it: the quorum has to be reached without.`,
      ]
}
