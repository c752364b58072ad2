import type { IsAlive } from "../../mesh/access.ts"
import type { Changes } from "../../mesh/ledger/changes.ts"
import { capsOf, type Config } from "../../mesh/model/config.ts"
import { oneAtATime } from "../../mesh/model/one-at-a-time.ts"
import { fleetsOfLead, unsettledFleets } from "../../mesh/ledger/tables/fleets.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { type DeliveredMessage, hasWakingMail } from "../../mesh/ledger/tables/messages.ts"
import { leadRecipient, systemSender } from "../../mesh/model/message.ts"
import type { Results } from "../../mesh/fleets/results.ts"
import type { Supervisor } from "../../mesh/supervision/supervisor.ts"
import { renderLeadSystem, unansweredText } from "../../mesh/prompts.ts"
import { spendWake } from "../../mesh/lifecycle/wake.ts"
import { createBriefing } from "./briefing.ts"
import type { Callers } from "../process/callers.ts"
import type { Courier } from "../process/courier.ts"
import type { SessionEvent } from "../runtime/events.ts"
import { promptSettlesMs, type Sessions } from "../runtime/sessions.ts"

export interface LeadDeps {
  ledger: Ledger
  changes: Changes
  sessions: Sessions
  callers: Callers
  courier: Courier
  results: Results
  supervisor: Supervisor
  now: () => number
  config: Config
  isAlive: IsAlive
  directory: string
  project: string
  onError: (error: unknown) => void
}

const superviseMs = 2000

/** What the lead's OpenCode does for its fleets: carries their mail in, and supervises them. */
export const createLead = (deps: LeadDeps) => {
  const { ledger, changes, sessions, callers, courier, results, supervisor, now, config } = deps
  const busy = new Set<string>()
  const failed = new Set<string>()
  const delivering = new Set<string>()
  const deliveredAt = new Map<string, number>()
  const caps = capsOf(config)
  let closed = false

  // Whoever waits for the end of a fleet in a tool call learns it there.
  const isHeld = (message: DeliveredMessage) =>
    message.from_agent_id === systemSender &&
    message.type === "alert" &&
    results.isAwaited(message.fleet_id)

  const deliver = async (sessionId: string, fleetId: string) => {
    const recipient = leadRecipient(fleetId)
    if (!busy.has(sessionId) && !(await mayWake(fleetId, recipient))) return
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
    if (mail.length === 0) return
    deliveredAt.set(sessionId, now())
    const notices = mail.filter((message) => message.from_agent_id === systemSender)
    for (const { payload } of notices)
      void sessions.toast(payload.slice(0, 300), "info").catch(() => undefined)
  }

  /** Mail that the model of an idle lead has had for so long without seeing it is shown again. */
  const recoverMailOf = async (sessionId: string, deadlineMs: number) => {
    if (closed || busy.has(sessionId)) return
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

  const look = oneAtATime(async () => {
    if (closed) return
    for (const sessionId of callers.ownedSessions())
      for (const fleet of await ledger.read((db) => fleetsOfLead(db, sessionId))) {
        const recipient = leadRecipient(fleet.id)
        if (delivering.has(recipient) || !(await hasMail(recipient, busy.has(sessionId)))) continue
        const waitMs = (deliveredAt.get(sessionId) ?? 0) + config.batch_ms - now()
        if (waitMs > 0) {
          setTimeout(() => void look().catch(deps.onError), waitMs).unref?.()
          continue
        }
        delivering.add(recipient)
        void deliver(sessionId, fleet.id)
          .finally(() => delivering.delete(recipient))
          // What came meanwhile was not looked at.
          .then(look)
          .catch(deps.onError)
      }
  })

  /** For a session at work any mail, for an idle one what may wake it. */
  const hasMail = (recipient: string, isBusy: boolean) =>
    ledger.read(
      async (db) =>
        (await courier.hasMail(db, recipient, isHeld)) &&
        (isBusy || (await hasWakingMail(db, recipient))),
    )

  const superviseAll = async () => {
    if (closed) return
    for (const fleet of await ledger.read((db) => unsettledFleets(db, deps.project)))
      void supervisor.supervise(fleet.id)
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
    recipientsOf: (sessionId: string) =>
      ledger.read(async (db) =>
        (await fleetsOfLead(db, sessionId)).map((fleet) => leadRecipient(fleet.id)),
      ),

    systemText: async (sessionId: string) => {
      const fleets = await ledger.read((db) => fleetsOfLead(db, sessionId))
      return fleets.length > 0 ? renderLeadSystem(fleets) : undefined
    },

    brief: createBriefing(deps),

    /** A person prompts a session: if it leads fleets, it is ours from now on. */
    async onPrompt(sessionId: string) {
      if (!(await callers.isKnown(sessionId))) return
      await callers.own(sessionId, deps.project)
      await look()
    },

    async onEvent(event: SessionEvent) {
      const { sessionId } = event
      if (event.type === "session.status") {
        if (event.status.type === "idle") busy.delete(sessionId)
        else {
          busy.add(sessionId)
          failed.delete(sessionId)
        }
      } else if (event.type === "session.failed") {
        failed.add(sessionId)
      } else if (event.type === "session.idle") {
        busy.delete(sessionId)
        for (const recipient of await this.recipientsOf(sessionId))
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
