import { someInOrder } from "../model/in-order.ts"
import { isEnded } from "../model/agent.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById, markStuck } from "../ledger/tables/fleets.ts"
import { newestSeq } from "../ledger/tables/mail/reads.ts"
import { undelivered } from "../ledger/tables/messages.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { isAwaitingMail, isWaitingToBegin } from "../mail/mail-wait.ts"
import { notifyLead } from "../mail/notices.ts"

/** A message takes less than that from one waiting agent to the other: nobody is told too early. */
const patienceMs = 5000

/** Costs nothing, so that the usual look at a fleet reads no more than it has. */
export const mayBeStuck = (agents: readonly AgentRow[]) =>
  agents.every((agent) => isEnded(agent.status) || isAwaitingMail(agent))

/**
 * Whether every agent that has not ended waits for a message that nobody is going to send. Not again
 * for the same standstill: only a message that reached somebody makes a later one another.
 */
export const isStuck = async (db: Query, at: number, fleetId: string) => {
  const fleet = (await fleetById(db, fleetId))!
  const open = (await agentsOfFleet(db, fleetId)).filter((agent) => !isEnded(agent.status))
  if (open.length === 0 || fleet.status !== "running") return false
  const waits = open.every(
    (agent) => isAwaitingMail(agent) && at - agent.awaits_mail_at! >= patienceMs,
  )
  // What one that has not begun has in its inbox is not what it waits for.
  const isToldSoon = async (agent: AgentRow) =>
    !isWaitingToBegin(agent) && (await undelivered(db, agent.id, 1)).length > 0
  if (!waits || (await someInOrder(open, isToldSoon))) return false
  return fleet.stuck_at_seq !== (await newestOf(db, fleetId))
}

export const reportStuck = async (tx: Tx, fleetId: string) => {
  if (!(await isStuck(tx, tx.at, fleetId))) return
  await markStuck(tx, fleetId, await newestOf(tx, fleetId))
  const waiting = (await agentsOfFleet(tx, fleetId)).filter(isAwaitingMail)
  await appendEvent(tx, {
    type: "fleet.all_waiting",
    fleetId,
    data: { agents: waiting.map((agent) => agent.id) },
  })
  const names = waiting.slice(0, 20).map((agent) => `"${agent.name}"`)
  await notifyLead(
    tx,
    fleetId,
    `Every agent of ${fleetId} that has not ended is waiting for a message, and none is on its way: ${names.join(", ")}${waiting.length > names.length ? ", …" : ""}. Send one of them what it needs, or end them with stop_agents.`,
    "request",
  )
}

const newestOf = async (db: Query, fleetId: string) =>
  newestSeq(
    db,
    (await agentsOfFleet(db, fleetId)).map((agent) => agent.id),
  )
