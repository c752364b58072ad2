import { mapInOrder } from "../model/in-order.ts"
import { tasksOfFleet } from "../ledger/tables/board/tasks.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { fleetById, settleFleet } from "../ledger/tables/fleets.ts"
import { withdrawNotices } from "../ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"
import { notifyLead, wholeResults } from "../mail/notices.ts"
import { inQuotes, oneLine, quote } from "../prompts.ts"
import { renderBoard } from "../tasks/task.ts"
import { type AgentAnswers, answersOf } from "./agent-answers.ts"

/** Results so short are told with the end itself: asking for them would cost the lead a turn. */
const longestToldBytes = 6000

/**
 * Brings the fleet in line with its agents, and tells the lead when that ended it. `autoReplies` is how
 * many messages in a row, and nothing else, led to the answer that did so.
 */
export const settleAndTell = async (tx: Tx, fleetId: string, autoReplies = 0) => {
  const status = await settleFleet(tx, fleetId)
  if (status === undefined || status === "running") return
  const fleet = (await fleetById(tx, fleetId))!
  await withdrawNotices(tx, fleetId)
  const { text, quoted, isWhole } = await renderEnd(tx, fleet, status)
  await notifyLead(tx, fleetId, text, "news", {
    autoReplies,
    quoted,
    ...(isWhole && { about: wholeResults }),
  })
}

/** What is told of an end: its results as far as they are short. */
interface Told {
  text: string
  quoted?: string
  isWhole?: boolean
}

const renderEnd = async (db: Query, fleet: FleetRow, status: string): Promise<Told> => {
  const agents = await agentsOfFleet(db, fleet.id)
  const states = agents.map((agent) => `${agent.name} ${agent.status}`)
  const shown = `${states.slice(0, 20).join(", ")}${states.length > 20 ? ", …" : ""}`
  const board = await tasksOfFleet(db, fleet.id)
  const tasks = board.length > 0 ? ` Its board: ${renderBoard(board)}.` : ""
  const head = `Fleet ${fleet.id} "${fleet.name}" has ended: ${status} (${shown}).${tasks}`
  const answers = await mapInOrder(agents, (agent) => answersOf(db, agent))
  const whole = renderResults(agents, answers)
  if (whole) return { text: `${head} Its results, whole:`, quoted: whole, isWhole: true }
  // What an agent answered before it was asked again has often been read.
  const newest = renderResults(
    agents,
    answers.map((each) => ({ ...each, earlier: [] })),
  )
  return newest
    ? {
        text: `${head} Its newest answers; collect_results has the earlier ones too:`,
        quoted: newest,
      }
    : { text: `${head} Read the results with collect_results.` }
}

/** Undefined when they are too long to be told. */
const renderResults = (agents: readonly AgentRow[], answers: readonly AgentAnswers[]) => {
  const told = agents.map((agent, index) => renderAnswers(agent, answers[index]!)).join("\n\n")
  return Buffer.byteLength(told) > longestToldBytes ? undefined : told
}

const renderAnswers = (agent: AgentRow, answers: AgentAnswers) =>
  [
    `## ${oneLine(agent.name)}${renderFailure(agent)}`,
    answers.output ? quote(answers.output) : "(it said nothing)",
    ...(answers.earlier ?? []).map(
      ({ answered, output }) => `Its earlier answer to ${answered}:\n${quote(output)}`,
    ),
    ...(answers.files ? [`Files it changed: ${oneLine(answers.files.join(", "))}`] : []),
    ...(answers.failed_check
      ? [
          `Its last failed check: ${inQuotes(answers.failed_check.command)} (exit code ${answers.failed_check.exit})`,
        ]
      : []),
  ].join("\n")

const renderFailure = ({ status, error_code, error_detail }: AgentRow) => {
  if (status === "complete") return ""
  return error_code === null
    ? ` (${status})`
    : ` (${status}, ${error_code}: ${inQuotes(error_detail ?? "")})`
}
