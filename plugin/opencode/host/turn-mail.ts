import { isEnded } from "../../mesh/model/agent.ts"
import type { Changes } from "../../mesh/ledger/changes.ts"
import type { Config } from "../../mesh/model/config.ts"
import type { NewId } from "../../mesh/model/ids.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { HostRow } from "../../mesh/ledger/tables/rows.ts"
import { unansweredText } from "../../mesh/prompts.ts"
import { reopenAgent, spendWake, type WakeCaps } from "../../mesh/lifecycle/wake.ts"
import type { Courier } from "../process/courier.ts"
import type { Turn } from "./seat.ts"
import type { Turns } from "./seats.ts"

export interface TurnMailDeps {
  host: HostRow
  ledger: Ledger
  changes: Changes
  courier: Courier
  turns: Turns
  now: () => number
  newId: NewId
  config: Config
  caps: WakeCaps
  /** Looks at all agents again; never throws. */
  look: () => void
}

/** When the mail of this host's agents goes into their sessions, and what it sets going there. */
export const createTurnMail = (deps: TurnMailDeps) => {
  const { host, ledger, changes, courier, turns, now, newId, config, caps, look } = deps

  /** How many messages went in. */
  const deliver = async (turn: Turn) => {
    const agent = await turns.agentOf(turn)
    const mail = await courier.deliver({
      recipient: agent.id,
      sessionId: turn.sessionId,
      directory: turn.directory,
      agent: agent.agent ?? undefined,
      model: agent.model ?? undefined,
    })
    if (mail.length > 0) {
      turn.deliveredAt = now()
      // What went wrong before this prompt says nothing of the answer to it.
      turn.error = undefined
    }
    return mail.length
  }

  /** The first message goes at once, what follows within the window goes together. */
  const deliverSoon = (turn: Turn) => {
    const waitMs = turn.deliveredAt + config.batch_ms - now()
    if (waitMs > 0) return void setTimeout(look, waitMs).unref?.()
    void turns.inOrder(turn, async () => {
      if (turns.isHere(await turns.agentOf(turn))) await deliver(turn)
    })
  }

  /** Mail that the model of an idle session never saw is shown again. */
  const recoverMail = async () => {
    for (const turn of turns.all()) {
      const agent = await turns.agentOf(turn)
      if (!turns.isHere(agent)) continue
      if (await turns.isBusy(turn)) continue
      const mailbox = {
        recipient: agent.id,
        sessionId: turn.sessionId,
        directory: turn.directory,
        agent: undefined,
        model: undefined,
      }
      if (await courier.recover(mailbox, config.seen_deadline_ms))
        await turns.prompt(turn, agent, unansweredText)
    }
  }

  /** An ended agent has mail that may wake it. */
  const wake = (turn: Turn) =>
    turns.inOrder(turn, async () => {
      const woken = await ledger.transact(async (tx) => {
        const current = (await agentById(tx, turn.agentId))!
        return (
          isEnded(current.status) &&
          current.host_id === host.id &&
          (await spendWake(tx, current.fleet_id, current.id, caps)) &&
          (await reopenAgent(tx, current, "running"))
        )
      })
      turn.wrapUpSent = false
      if (woken) await deliver(turn)
    })

  return { deliver, deliverSoon, recoverMail, wake }
}

export type TurnMail = ReturnType<typeof createTurnMail>
