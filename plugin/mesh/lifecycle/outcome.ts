import type { Failure } from "../model/agent.ts"
import { dropQuestionsOf } from "../questions/asking.ts"
import { agentById, moveToEnd, recordFiles } from "../ledger/tables/agents.ts"
import { endAttempt } from "../ledger/tables/attempts.ts"
import { changedFilesOf } from "../ledger/tables/file-marks.ts"
import { injectedSince } from "../ledger/tables/mail/reads.ts"
import { withdrawNoticesAbout } from "../ledger/tables/messages.ts"
import { recordOutput } from "../ledger/tables/outputs.ts"
import type { Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { notifyLead, stallOf } from "../mail/notices.ts"
import { inQuotes } from "../prompts.ts"
import { endReservationsOf } from "../reservations/endings.ts"
import { tendBoard } from "../tasks/board.ts"
import { settleAndTell } from "./settle.ts"

export type AgentEnd =
  | { status: "complete"; output: string; autoReplies?: number }
  | { status: "failed" | "cancelled"; failure: Failure }

/**
 * Writes the end of an agent's turn, its event and what follows for the fleet. First reason wins: an
 * agent that has ended, or has moved on to another generation, is left as it is and false returned.
 */
export const endAgent = async (
  tx: Tx,
  agent: Pick<AgentRow, "id" | "name" | "fleet_id" | "generation" | "attempts" | "stop_reason">,
  end: AgentEnd,
): Promise<boolean> => {
  const before = await agentById(tx, agent.id)
  const failure = end.status === "complete" ? undefined : end.failure
  const output = end.status === "complete" ? end.output : null
  const autoReplies = (end.status === "complete" && end.autoReplies) || 0
  if (!(await moveToEnd(tx, agent, { status: end.status, failure, output, autoReplies })))
    return false
  await withdrawNoticesAbout(tx, agent.fleet_id, stallOf(agent.id))
  await dropQuestionsOf(tx, agent, `the agent has ended: ${end.status}`)
  if (output !== null) await recordOutput(tx, agent, output, await answeredIn(tx, before!))
  await noteFiles(tx, before!)
  await endReservationsOf(tx, agent.id, `its holder has ended: ${end.status}`)
  await endAttempt(tx, agent, failure ? `${failure.code}: ${failure.detail}` : "complete")
  await appendEvent(tx, {
    type: `agent.${end.status}`,
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: failure ? { ...failure } : {},
  })
  if (end.status === "failed")
    await notifyLead(
      tx,
      agent.fleet_id,
      `Agent "${agent.name}" of ${agent.fleet_id} failed: ${end.failure.code}: ${inQuotes(end.failure.detail)}`,
    )
  await tendBoard(tx, agent.fleet_id, failure?.code)
  await settleAndTell(tx, agent.fleet_id, autoReplies)
  return true
}

/** What the turn that ends was about: null the agent's task, else the mail that came in it. */
const answeredIn = async (tx: Tx, { id, turn_at, started_at }: AgentRow) => {
  if (turn_at === null || turn_at === started_at) return null
  const mail = await injectedSince(tx, id, turn_at)
  return mail.map(({ type, from_agent_id }) => ({ type, from: from_agent_id }))
}

/** More are counted by nobody: the worktree or the diff has them all. */
const mostFiles = 100

/** What the marks know is kept with the agent: they are dropped when its fleet has ended. */
const noteFiles = async (tx: Tx, { id, directory, files }: AgentRow) => {
  const known = files === null ? [] : (JSON.parse(files) as string[])
  const changed = (await changedFilesOf(tx, id)).map((path) => within(directory, path))
  const all = [...new Set([...known, ...changed])]
  if (all.length > known.length) await recordFiles(tx, id, all.slice(0, mostFiles))
}

const within = (directory: string, path: string) =>
  path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
