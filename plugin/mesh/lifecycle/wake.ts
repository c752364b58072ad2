import { isSpent, renderSpending, spentByAgent, spentByFleet, tightestLimit } from "./budget.ts"
import { isActive } from "../model/agent.ts"
import { isAwaitingMail } from "../mail/mail-wait.ts"
import { agentById, agentsOfFleet, moveToWoken } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { countWake, fleetById, settleFleet } from "../ledger/tables/fleets.ts"
import {
  type DeliveredMessage,
  clearWakes,
  wakingMail,
  withdrawNoticesAbout,
} from "../ledger/tables/messages.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import type { WakeCaps } from "../model/config.ts"
import { leadName, systemSender } from "../model/message.ts"
import { describeExchanges, tellCapped } from "../mail/caps.ts"
import { notifyLead, wholeResults } from "../mail/notices.ts"

/** Mail from above always wakes; what members send each other is counted. */
const isCounted = (message: DeliveredMessage) =>
  message.from_agent_id !== leadName &&
  message.from_agent_id !== systemSender &&
  message.via === null

/**
 * Whether the waiting mail may wake its recipient now. Two polite agents must not thank each other
 * for ever, nor an agent and its lead: past the caps the mail stays, wakes nobody, and the lead is told
 * once.
 */
export const spendWake = async (
  tx: Tx,
  fleetId: string,
  recipient: string,
  caps: WakeCaps,
): Promise<boolean> => {
  const mail = await wakingMail(tx, recipient)
  if (mail.length === 0) return false
  const spent = await spentBudget(tx, tx.at, fleetId, recipient)
  if (spent) {
    await dropWakes(tx, fleetId, recipient, spent)
    await notifyLead(
      tx,
      fleetId,
      `Agent "${(await agentById(tx, recipient))!.name}" of ${fleetId} was not woken for its latest mail: ${spent}. Give the work to another agent, or to another fleet if the fleet's budget is spent.`,
      "request",
    )
    return false
  }
  const purposeful = mail.filter((message) => message.auto_replies < caps.replies)
  const fresh = purposeful.filter((message) => !isCounted(message) || message.hops < caps.hops)
  if (fresh.some((message) => !isCounted(message))) return true
  if (fresh.length > 0 && (await countWake(tx, fleetId, caps.perFleet))) return true
  const detail =
    fresh.length > 0
      ? `${caps.perFleet} wakes by its own messages`
      : purposeful.length > 0
        ? `${caps.hops} messages of one correlation`
        : describeExchanges(caps)
  await dropWakes(tx, fleetId, recipient, detail)
  const held = `the latest mail of ${await shownName(tx, recipient)} waits in its inbox and wakes nobody`
  await tellCapped(tx, fleetId, { held, detail, caps })
  return false
}

/** The mail stays in the inbox and wakes nobody any more. */
const dropWakes = async (tx: Tx, fleetId: string, recipient: string, detail: string) => {
  await clearWakes(tx, recipient)
  await appendEvent(tx, { type: "fleet.wakes_capped", fleetId, data: { recipient, detail } })
}

const shownName = async (db: Query, recipient: string) => {
  const agent = await agentById(db, recipient)
  return agent ? `"${agent.name}"` : "the lead"
}

/** What a wake would be stopped for at once, and then be tried again for ever. */
const spentBudget = async (db: Query, at: number, fleetId: string, recipient: string) => {
  const agent = await agentById(db, recipient)
  if (!agent) return undefined
  const own = tightestLimit(agent.budget, () => spentByAgent(agent, at))
  if (isSpent(own)) return `its budget is spent, ${renderSpending(own)}`
  const fleet = (await fleetById(db, fleetId))!
  const agents = fleet.budget === null ? [] : await agentsOfFleet(db, fleetId)
  const whole = tightestLimit(fleet.budget, () => spentByFleet(fleet, agents, at))
  return isSpent(whole) ? `the fleet's budget is spent, ${renderSpending(whole)}` : undefined
}

/** Whether one more agent of the fleet may be at work now. */
export const hasPlace = async (db: Query, fleetId: string) => {
  const fleet = (await fleetById(db, fleetId))!
  const atWork = (await agentsOfFleet(db, fleetId)).filter(
    (agent) => isActive(agent.status) && !isAwaitingMail(agent),
  )
  return atWork.length < fleet.max_parallel
}

/** A new turn of an agent whose turn was over: same attempt, next generation, the fleet reopens. */
export const reopenAgent = async (
  tx: Tx,
  agent: AgentRow,
  status: "queued" | "running",
): Promise<boolean> => {
  if (!(await moveToWoken(tx, agent, status))) return false
  await appendEvent(tx, { type: "agent.woken", fleetId: agent.fleet_id, agentId: agent.id })
  // There is more to come: what was told of the fleet's end will be told anew, and whole.
  await withdrawNoticesAbout(tx, agent.fleet_id, wholeResults)
  await settleFleet(tx, agent.fleet_id)
  return true
}
