import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { fleetById, settleFleet } from "../ledger/tables/fleets.ts"
import { withdrawNotices } from "../ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "../ledger/tables/rows.ts"
import { notifyLead } from "../mail/notices.ts"
import { type AgentAnswers, answersOf } from "./agent-answers.ts"

/** Results so short are told with the end itself: asking for them would cost the lead a turn. */
const longestToldBytes = 6000

/** Brings the fleet in line with its agents, and tells the lead when that ended it. */
export const settleAndTell = async (tx: Tx, fleetId: string) => {
  const status = await settleFleet(tx, fleetId)
  if (status === undefined || status === "running") return
  const fleet = (await fleetById(tx, fleetId))!
  await withdrawNotices(tx, fleetId)
  await notifyLead(tx, fleetId, await renderEnd(tx, fleet, status))
}

const renderEnd = async (db: Query, fleet: FleetRow, status: string) => {
  const agents = await agentsOfFleet(db, fleet.id)
  const states = agents.map((agent) => `${agent.name} ${agent.status}`)
  const shown = `${states.slice(0, 20).join(", ")}${states.length > 20 ? ", …" : ""}`
  const head = `Fleet ${fleet.id} "${fleet.name}" has ended: ${status} (${shown}).`
  const results = await renderResults(db, agents)
  return results
    ? `${head} Its results, whole:\n\n${results}`
    : `${head} Read the results with collect_results.`
}

/** Undefined when they are too long to be told. */
const renderResults = async (db: Query, agents: readonly AgentRow[]) => {
  const told: string[] = []
  let bytes = 0
  for (const agent of agents) {
    const text = renderAnswers(agent, await answersOf(db, agent))
    bytes += Buffer.byteLength(text)
    if (bytes > longestToldBytes) return undefined
    told.push(text)
  }
  return told.join("\n\n")
}

const renderAnswers = (agent: AgentRow, answers: AgentAnswers) =>
  [
    `## ${agent.name}${agent.status === "complete" ? "" : ` (${agent.status}${agent.error_code ? `, ${agent.error_code}: ${agent.error_detail}` : ""})`}`,
    answers.output || "(it said nothing)",
    ...(answers.earlier ?? []).map(
      ({ answered, output }) => `Its earlier answer to ${answered}: ${output}`,
    ),
    ...(answers.files ? [`Files it changed: ${answers.files.join(", ")}`] : []),
    ...(answers.failed_check
      ? [
          `Its last failed check: ${answers.failed_check.command} (exit code ${answers.failed_check.exit})`,
        ]
      : []),
  ].join("\n")
