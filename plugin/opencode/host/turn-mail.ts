import { isEnded } from "../../mesh/model/agent.ts"
import type { Config, WakeCaps } from "../../mesh/model/config.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import { hostById } from "../../mesh/ledger/tables/hosts.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import type { HostRow } from "../../mesh/ledger/tables/rows.ts"
import { unansweredText } from "../../mesh/prompts.ts"
import { hasPlace, reopenAgent, spendWake } from "../../mesh/lifecycle/wake.ts"
import type { Wakefulness } from "../../mesh/supervision/wakefulness.ts"
import type { Courier } from "../process/courier.ts"
import type { Sessions } from "../runtime/sessions.ts"
import type { Seat } from "./seat.ts"
import type { Seats } from "./seats.ts"

export interface TurnMailDeps {
  host: HostRow
  ledger: Ledger
  courier: Courier
  sessions: Pick<Sessions, "find">
  seats: Seats
  now: () => number
  wakefulness: Wakefulness
  config: Config
  caps: WakeCaps
  /** Looks at all agents again; never throws. */
  look: () => void
}

/** When the mail of this host's agents goes into their sessions, and what it sets going there. */
export const createTurnMail = (deps: TurnMailDeps) => {
  const { host, ledger, courier, sessions, seats, now, config, caps, look } = deps

  /** How many messages went in, together with a `task` that is not there yet. */
  const deliver = async (seat: Seat, task?: string) => {
    const agent = await seats.agentOf(seat)
    if ((await sessions.find(seat.sessionId, seat.directory))?.hasUndone) return 0
    await seats.bind(seat, agent)
    const mailbox = {
      recipient: agent.id,
      sessionId: seat.sessionId,
      directory: seat.directory,
      agent: agent.agent ?? undefined,
      model: agent.model ?? undefined,
    }
    const mail = await courier.deliver(mailbox, undefined, task)
    if (mail.length > 0) {
      seat.deliveredAt = now()
      // What went wrong before this prompt says nothing of the answer to it.
      seat.error = undefined
    }
    return mail.length
  }

  /** The first message goes at once, what follows within the window goes together. */
  const deliverSoon = (seat: Seat) => {
    // Within the window also when the clock was set back.
    const waitMs = Math.min(config.batch_ms, seat.deliveredAt + config.batch_ms - now())
    if (waitMs > 0) return void setTimeout(look, waitMs).unref?.()
    void seats.inOrder(seat, async () => {
      if (seats.isHere(await seats.agentOf(seat))) await deliver(seat)
    })
  }

  /** Mail that the model of an idle session never saw is shown again. */
  const recoverMail = async () => {
    // Nobody could see it meanwhile.
    if (!deps.wakefulness.isRested(config.seen_deadline_ms)) return
    for (const seat of seats.all()) {
      const agent = await seats.agentOf(seat)
      if (!seats.isHere(agent)) continue
      if (await seats.isBusy(seat)) continue
      const mailbox = {
        recipient: agent.id,
        sessionId: seat.sessionId,
        directory: seat.directory,
        agent: undefined,
        model: undefined,
      }
      if (await courier.recover(mailbox, config.seen_deadline_ms))
        await seats.prompt(seat, agent, unansweredText)
    }
  }

  /** An ended agent has mail that may wake it. */
  const wake = (seat: Seat) =>
    seats.inOrder(seat, async () => {
      const state = await sessions.find(seat.sessionId, seat.directory)
      const woken = await ledger.transact(async (tx) => {
        const current = (await agentById(tx, seat.agentId))!
        if (!isEnded(current.status) || current.host_id !== host.id) return false
        // From a host that was sent away the supervisor wakes it elsewhere.
        if ((await hostById(tx, host.id))?.status === "ending") return false
        if (!(await spendWake(tx, current.fleet_id, current.id, caps))) return false
        // Beyond max_parallel it waits its turn like the others; its host stays for it. So does one
        // whose session cannot be prompted: it begins in a fresh one.
        const isOpen = state !== undefined && !state.hasUndone
        const status = isOpen && (await hasPlace(tx, current.fleet_id)) ? "running" : "queued"
        return (await reopenAgent(tx, current, status)) && status === "running"
      })
      seat.wrapUpSent = false
      if (woken) await deliver(seat)
    })

  return { deliver, deliverSoon, recoverMail, wake }
}

export type TurnMail = ReturnType<typeof createTurnMail>
