import { bindFleet, type IsAlive } from "../../mesh/access.ts"
import type { Changes } from "../../mesh/ledger/changes.ts"
import { capsOf, type Config } from "../../mesh/model/config.ts"
import { oneAtATime } from "../../mesh/model/one-at-a-time.ts"
import { fleetsWithDeadlineAhead } from "../../mesh/ledger/tables/councils/ratifications.ts"
import { leadsBoard } from "../../mesh/ledger/tables/board/tasks.ts"
import { leadsTrees } from "../../mesh/ledger/tables/worktrees.ts"
import { fleetsOfLead, unsettledFleets } from "../../mesh/ledger/tables/fleets.ts"
import { liftCaps } from "../../mesh/mail/caps.ts"
import type { Exchanges } from "../../mesh/mail/exchanges.ts"
import { isAside } from "../../mesh/mail/notices.ts"
import { mapInOrder } from "../../mesh/model/in-order.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { type DeliveredMessage, hasWakingMail } from "../../mesh/ledger/tables/messages.ts"
import { leadRecipient, systemSender } from "../../mesh/model/message.ts"
import type { Results } from "../../mesh/fleets/results.ts"
import type { Supervisor } from "../../mesh/supervision/supervisor.ts"
import { renderLeadSystem, unansweredText } from "../../mesh/prompts.ts"
import { spendWake } from "../../mesh/lifecycle/wake.ts"
import { createBriefing } from "./briefing.ts"
import { createLeadSessions } from "./lead-sessions.ts"
import type { Callers } from "../process/callers.ts"
import type { Wakefulness } from "../../mesh/supervision/wakefulness.ts"
import type { Courier } from "../process/courier.ts"
import { readRules } from "../process/rights.ts"
import type { SessionEvent } from "../runtime/events.ts"
import { promptSettlesMs, type Sessions } from "../runtime/sessions.ts"

export interface LeadDeps {
  ledger: Ledger
  changes: Changes
  sessions: Sessions
  callers: Callers
  courier: Courier
  exchanges: Pick<Exchanges, "acted">
  results: Results
  supervisor: Supervisor
  now: () => number
  wakefulness: Wakefulness
  config: Config
  isAlive: IsAlive
  directory: string
  project: string
  /** Its session's rest ends this OpenCode. */
  endsWithTurn?: boolean
  onError: (error: unknown) => void
}

const superviseMs = 2000

/** What the lead's OpenCode does for its fleets: carries their mail in, and supervises them. */
export const createLead = (deps: LeadDeps) => {
  const {
    ledger,
    changes,
    sessions,
    callers,
    courier,
    exchanges,
    results,
    supervisor,
    now,
    config,
  } = deps
  const busy = new Set<string>()
  const failed = new Set<string>()
  const delivering = new Set<string>()
  const deliveredAt = new Map<string, number>()
  const leadSessions = createLeadSessions(deps)
  const caps = capsOf(config)
  let closed = false

  // Whoever waits for the end of a fleet in a tool call learns it there.
  const isHeld = (message: DeliveredMessage) =>
    message.from_agent_id === systemSender &&
    message.type === "alert" &&
    results.isAwaited(message.fleet_id)

  /** False when the session takes nothing for now. */
  const deliver = async (sessionId: string, fleetId: string): Promise<boolean> => {
    const recipient = leadRecipient(fleetId)
    if (!(await leadSessions.isOpen(sessionId))) {
      await leadSessions.showWaiting(recipient)
      return false
    }
    if (!busy.has(sessionId) && !(await mayWake(fleetId, recipient))) return true
    const profile = callers.profileOf(sessionId)
    const mail = await courier.deliver(
      {
        recipient,
        sessionId,
        directory: deps.directory,
        agent: profile?.agent,
        model: profile?.model,
      },
      isHeld,
    )
    if (mail.length === 0) return true
    deliveredAt.set(sessionId, now())
    // An aside tells what the person has just done.
    leadSessions.show(
      mail.filter((message) => message.from_agent_id === systemSender && !isAside(message)),
    )
    return true
  }

  /** Mail that the model of an idle lead has had for so long without seeing it is shown again. */
  const recoverMailOf = async (sessionId: string, deadlineMs: number) => {
    if (closed || busy.has(sessionId) || !(await leadSessions.isOpen(sessionId))) return
    const profile = callers.profileOf(sessionId)
    const mailbox = {
      sessionId,
      directory: deps.directory,
      agent: profile?.agent,
      model: profile?.model,
    }
    for (const fleet of await ledger.read((db) => fleetsOfLead(db, sessionId)))
      if (await courier.recover({ ...mailbox, recipient: leadRecipient(fleet.id) }, deadlineMs))
        await sessions.prompt({ ...mailbox, text: unansweredText, synthetic: true })
  }

  const recoverMail = async () => {
    await leadSessions.lookForDeleted()
    // Nobody could see it meanwhile.
    if (!deps.wakefulness.isRested(config.seen_deadline_ms)) return
    for (const sessionId of callers.ownedSessions())
      await recoverMailOf(sessionId, config.seen_deadline_ms)
  }

  /** What was stored as the session came to rest stays unread; what only just came starts a turn. */
  const recoverLateMail = (sessionId: string) => {
    const step = () =>
      void courier
        .settle()
        .then(() => recoverMailOf(sessionId, 0))
        .catch(deps.onError)
    setTimeout(step, promptSettlesMs).unref?.()
  }

  const mayWake = (fleetId: string, recipient: string) =>
    ledger.transact((tx) => spendWake(tx, fleetId, recipient, caps))

  /** A person who speaks to the lead looks after its fleets. */
  const liftCapsOf = async (sessionId: string) => {
    exchanges.acted(sessionId)
    const fleets = await ledger.read((db) => fleetsOfLead(db, sessionId))
    const counted = fleets.filter((fleet) => fleet.wakes > 0 || fleet.capped_at !== null)
    if (counted.length > 0)
      await ledger.transact((tx) => mapInOrder(counted, ({ id }) => liftCaps(tx, id)))
  }

  /** Deleted, undone or redone, perhaps: most often it only got another title. */
  const onChange = async (sessionId: string) => {
    if ((await recipientsOf(sessionId)).length === 0) return
    if (await leadSessions.isOpen(sessionId)) await look()
  }

  const recipientsOf = (sessionId: string) =>
    ledger.read(async (db) =>
      (await fleetsOfLead(db, sessionId)).map((fleet) => leadRecipient(fleet.id)),
    )

  const look = oneAtATime(async () => {
    if (closed) return
    for (const sessionId of callers.ownedSessions())
      for (const fleet of await ledger.read((db) => fleetsOfLead(db, sessionId))) {
        const recipient = leadRecipient(fleet.id)
        if (delivering.has(recipient) || !(await hasMail(recipient, busy.has(sessionId)))) continue
        // Within the window also when the clock was set back.
        const waitMs = Math.min(
          config.batch_ms,
          (deliveredAt.get(sessionId) ?? 0) + config.batch_ms - now(),
        )
        if (waitMs > 0) {
          setTimeout(() => void look().catch(deps.onError), waitMs).unref?.()
          continue
        }
        delivering.add(recipient)
        void deliver(sessionId, fleet.id)
          .finally(() => delivering.delete(recipient))
          // What came meanwhile was not looked at; a session that takes nothing now says when it does.
          .then((isOpen) => (isOpen ? look() : undefined))
          .catch(deps.onError)
      }
  })

  /**
   * For a session at work any mail, for an idle one what may wake it. An aside alone would keep the last
   * step of a turn from being the last.
   */
  const hasMail = (recipient: string, isBusy: boolean) =>
    ledger.read(
      async (db) =>
        (await courier.hasMail(db, recipient, (each) => isHeld(each) || isAside(each))) &&
        (isBusy || (await hasWakingMail(db, recipient))),
    )

  /** Another mode, or other rules: from here on its agents may no more than it. */
  const bindFleets = async (sessionId: string, agent: string) => {
    const fleets = await ledger.read((db) => fleetsOfLead(db, sessionId))
    if (fleets.length === 0) return
    const rules = await readRules(sessions, { sessionId, directory: deps.directory, agent })
    const changed = fleets.filter((fleet) => fleet.lead_rules !== JSON.stringify(rules))
    if (changed.length === 0) return
    await ledger.transact(async (tx) => {
      for (const fleet of changed) await bindFleet(tx, fleet, rules, agent)
    })
  }

  const superviseAll = async () => {
    // What an agent starts has an environment of the agent's making: no hosts come of it.
    if (closed || callers.isInsideAgent()) return
    for (const { id } of await ledger.read(async (db) => [
      ...(await unsettledFleets(db, deps.project)),
      ...(await fleetsWithDeadlineAhead(db, deps.project)),
    ]))
      void supervisor.supervise(id)
  }

  const guarded = (step: () => Promise<void>) => () => step().catch(deps.onError)
  const unsubscribe = changes.subscribe(look)
  const timer = setInterval(() => void superviseAll().catch(deps.onError), superviseMs)
  timer.unref?.()
  const recovery = setInterval(() => void recoverMail().catch(deps.onError), config.heartbeat_ms)
  recovery.unref?.()

  return {
    look,
    superviseAll: guarded(superviseAll),
    recipientsOf,
    /** What the fleets that it leads have, for which it needs tools. */
    leads: (sessionId: string) =>
      ledger.read(async (db) => ({
        hasBoard: await leadsBoard(db, sessionId, now()),
        hasTrees: await leadsTrees(db, sessionId),
      })),

    systemText: async (sessionId: string) => {
      const fleets = await ledger.read((db) => fleetsOfLead(db, sessionId))
      return fleets.length > 0 ? renderLeadSystem(fleets, deps.endsWithTurn) : undefined
    },

    brief: createBriefing(deps),

    /** A person prompts a session: if it leads fleets, it is ours from now on. */
    async onPrompt(sessionId: string, isPersons: boolean) {
      if (!(await callers.isKnown(sessionId))) return
      if (isPersons) await liftCapsOf(sessionId)
      await callers.own(sessionId, deps.project)
      await look()
    },

    /** What a session runs as may be another with each step; its agents may no more. */
    async onRequest(sessionId: string, agent: string) {
      if (callers.ownedSessions().includes(sessionId)) await bindFleets(sessionId, agent)
    },

    async onEvent(event: SessionEvent) {
      const { sessionId } = event
      if (event.type === "session.status") {
        if (event.status.type === "idle") busy.delete(sessionId)
        else {
          busy.add(sessionId)
          failed.delete(sessionId)
        }
      } else if (event.type === "session.changed") {
        if (callers.ownedSessions().includes(sessionId)) await onChange(sessionId)
      } else if (event.type === "session.failed") {
        failed.add(sessionId)
      } else if (event.type === "session.idle") {
        busy.delete(sessionId)
        for (const recipient of await recipientsOf(sessionId))
          await courier.acknowledgeSeen(recipient)
        await look()
        // After an error the next try would meet it too: the deadline is soon enough.
        if (!failed.has(sessionId)) recoverLateMail(sessionId)
      }
    },

    close() {
      closed = true
      clearInterval(timer)
      clearInterval(recovery)
      unsubscribe()
    },
  }
}

export type Lead = ReturnType<typeof createLead>
