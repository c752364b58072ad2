import { agentIdsOf, forgetAgents } from "../ledger/tables/agents.ts"
import { forgetAttempts } from "../ledger/tables/attempts.ts"
import { forgetTasks } from "../ledger/tables/board/tasks.ts"
import { forgetBounds } from "../ledger/tables/bounds.ts"
import { forgetCapabilities } from "../ledger/tables/capabilities.ts"
import { forgetRatification } from "../ledger/tables/councils/ratifications.ts"
import { forgetReceipts } from "../ledger/tables/councils/receipts.ts"
import { forgetAllEvents, forgetEvents, forgetSendings } from "../ledger/tables/events.ts"
import { forgetFiles } from "../ledger/tables/file-marks.ts"
import { forgetReservations } from "../ledger/tables/files/reservations.ts"
import { forgetFleet } from "../ledger/tables/fleets.ts"
import { forgetGrants } from "../ledger/tables/grants.ts"
import { forgetHosts } from "../ledger/tables/hosts.ts"
import { forgetInbox, forgetMessage } from "../ledger/tables/messages.ts"
import { forgetOutputs } from "../ledger/tables/outputs.ts"
import { forgetQuestions } from "../ledger/tables/questions.ts"
import { oldestMail } from "../ledger/tables/mail/reads.ts"
import { forgetSessionsOf } from "../ledger/tables/sessions.ts"
import { forgetUsage } from "../ledger/tables/usage.ts"
import { forgetWorktrees } from "../ledger/tables/worktrees.ts"
import { forgetLease } from "../ledger/postgres/leases.ts"
import type { Tx } from "../ledger/port.ts"
import { leadRecipient, systemSender } from "../model/message.ts"

/**
 * Takes some `most` rows of a marked fleet away; true once nothing of it is left. The ledger is sound
 * after each step: what refers to others goes before them, and what is counted goes with its count.
 */
export const removeSome = async (
  tx: Tx,
  fleet: { id: string; project: string },
  most: number,
): Promise<boolean> => {
  const agents = await agentIdsOf(tx, fleet.id)
  const recipients = [...agents, leadRecipient(fleet.id)]
  let left = most - (await removeMail(tx, fleet.id, recipients, most))
  // Before the events that tell of them.
  await forgetTasks(tx, fleet.id)
  if (left > 0) left -= await forgetEvents(tx, fleet.id, left)
  for (const id of agents) {
    if (left <= 0) return false
    left -= await forgetUsage(tx, id)
    left -= await forgetOutputs(tx, id)
  }
  if (left <= 0) return false
  await removeRest(tx, fleet, agents, recipients)
  return true
}

/** Messages with all that was filed and said of them, and the events of their sending. */
const removeMail = async (
  tx: Tx,
  fleetId: string,
  recipients: readonly string[],
  most: number,
): Promise<number> => {
  let removed = 0
  let sendings = 0
  for (const recipient of recipients) {
    for (const { seq, id, from_agent_id } of await oldestMail(tx, recipient, most)) {
      // What went to everybody has a copy for each.
      if (removed >= most) break
      await forgetReceipts(tx, id)
      await forgetRatification(tx, id)
      removed += await forgetMessage(tx, seq)
      if (from_agent_id !== systemSender) sendings++
    }
    if (removed >= most) break
  }
  if (sendings > 0) await forgetSendings(tx, fleetId, sendings)
  return removed
}

const removeRest = async (
  tx: Tx,
  fleet: { id: string; project: string },
  agents: readonly string[],
  recipients: readonly string[],
) => {
  for (const recipient of recipients) await forgetInbox(tx, recipient)
  for (const id of agents) {
    await forgetAttempts(tx, id)
    await forgetBounds(tx, id)
    await forgetCapabilities(tx, id)
    await forgetSessionsOf(tx, id)
  }
  await forgetGrants(tx, fleet)
  await forgetQuestions(tx, fleet.id)
  await forgetWorktrees(tx, fleet.id)
  await forgetFiles(tx, fleet.id)
  await forgetReservations(tx, fleet.id)
  await forgetAllEvents(tx, fleet.id)
  await forgetAgents(tx, fleet.id)
  await forgetHosts(tx, fleet.id)
  await forgetLease(tx, fleet.id)
  await forgetFleet(tx, fleet.id)
}
