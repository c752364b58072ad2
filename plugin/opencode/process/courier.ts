import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Query, Tx } from "../../mesh/ledger/port.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import {
  acknowledge,
  advance,
  countTry,
  type DeliveredMessage,
  deliverAgain,
  setTries,
  undelivered,
} from "../../mesh/ledger/tables/messages.ts"
import { injectedUnseen, seenUnacked } from "../../mesh/ledger/tables/mail/reads.ts"
import { systemSender } from "../../mesh/model/message.ts"
import type { Exchanges } from "../../mesh/mail/exchanges.ts"
import { notifyLead } from "../../mesh/mail/notices.ts"
import { renderDelivery } from "../../mesh/prompts.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { deliveredIds } from "../runtime/transcript.ts"
import { createRequestWatch } from "./request-watch.ts"

export interface CourierDeps {
  ledger: Ledger
  sessions: Pick<Sessions, "prompt" | "messages">
  exchanges: Pick<Exchanges, "heard">
  now: () => number
  onError: (error: unknown) => void
}

/** Whose mail goes into which session. */
export interface Mailbox {
  recipient: string
  sessionId: string
  directory: string
  agent: string | undefined
  model: string | undefined
}

// One prompt takes what a model reads comfortably; the rest follows in the next.
const maxMessages = 50
const recentMessages = 100
const maxTries = 3
const maxCharacters = 120_000

/**
 * Carries mail from the ledger into sessions this process owns, and watches it arrive.
 *
 * A delivery is `injected` once OpenCode has accepted it for the session and `seen` once it was part
 * of a request to the model. It may be stored twice (a crash between storing and noting it); it is
 * never shown twice: what a request holds a second time is taken out of it.
 */
export const createCourier = ({ ledger, sessions, exchanges, now, onError }: CourierDeps) => {
  const inFlight = new Set<string>()
  const held = new Map<string, number>()
  const key = (recipient: string, seq: number) => `${recipient}#${seq}`

  const render = async (mail: readonly DeliveredMessage[]) => {
    const names = await ledger.read(async (db) => {
      const names = new Map<string, string>()
      for (const { from_agent_id: id } of mail)
        if (!names.has(id)) names.set(id, (await agentById(db, id))?.name ?? id)
      return names
    })
    return renderDelivery(mail, (id) => names.get(id) ?? id)
  }
  const requests = createRequestWatch({ ledger, render, onError })

  /** What goes into the next prompt. Takes what is in flight or held back out at this very moment. */
  const nextOf = (
    recipient: string,
    accepted: readonly DeliveredMessage[],
    isHeld: (message: DeliveredMessage) => boolean,
  ) => {
    // Whoever reads an inbox is handed its mail by that, and no notice.
    const isRead = held.has(recipient)
    const mail = accepted.filter(
      (message) =>
        !(isRead && message.from_agent_id !== systemSender) &&
        !inFlight.has(key(recipient, message.seq)) &&
        !isHeld(message),
    )
    let characters = 0
    return mail.filter((message, index) => {
      characters += message.payload.length
      return index === 0 || characters <= maxCharacters
    })
  }

  const markInjected = (recipient: string, mail: readonly DeliveredMessage[]) =>
    ledger.transact(async (tx) => {
      for (const message of mail)
        if (await advance(tx, { recipient, seq: message.seq }, "injected"))
          await appendEvent(tx, {
            type: "message.injected",
            fleetId: message.fleet_id,
            agentId: recipient.startsWith("lead:") ? null : recipient,
            data: { message_id: message.id },
          })
    })

  // It stays `injected`, unacknowledged in the inbox; one try more than there are says that we know.
  const giveUp = async (tx: Tx, message: DeliveredMessage) => {
    // It was seen while we looked at the session.
    if (!(await setTries(tx, message, maxTries + 1))) return
    await appendEvent(tx, {
      type: "message.undelivered",
      fleetId: message.fleet_id,
      agentId: message.recipient.startsWith("lead:") ? null : message.recipient,
      data: { message_id: message.id, tries: maxTries },
    })
    if (message.from_agent_id !== systemSender)
      await notifyLead(
        tx,
        message.fleet_id,
        `Message ${message.id} could not be shown to the model of ${message.recipient} in ${maxTries} tries. It is still in the inbox.`,
        "request",
      )
  }

  return {
    isInFlight: (recipient: string, seq: number) => inFlight.has(key(recipient, seq)),

    /** While somebody reads these inboxes, their mail does not go into the session as well. */
    hold(recipients: readonly string[]) {
      for (const each of recipients) held.set(each, (held.get(each) ?? 0) + 1)
      return () => {
        for (const each of recipients) {
          const others = held.get(each)! - 1
          if (others > 0) held.set(each, others)
          else held.delete(each)
        }
      }
    },

    hasMail: async (
      db: Query,
      recipient: string,
      isHeld: (message: DeliveredMessage) => boolean = () => false,
    ) => nextOf(recipient, await undelivered(db, recipient, maxMessages), isHeld).length > 0,

    /** Puts what waits into the session, in one prompt, after `before`. Returns what that was. */
    async deliver(
      { recipient, sessionId, directory, agent, model }: Mailbox,
      isHeld: (message: DeliveredMessage) => boolean = () => false,
      before?: string,
    ): Promise<readonly DeliveredMessage[]> {
      const accepted = await ledger.read((db) => undelivered(db, recipient, maxMessages))
      const mail = nextOf(recipient, accepted, isHeld)
      if (mail.length === 0) return []
      const keys = mail.map((message) => key(recipient, message.seq))
      // Nothing is waited for between the look at what is in flight and this.
      for (const each of keys) inFlight.add(each)
      exchanges.heard(sessionId, mail)
      try {
        await sessions.prompt({
          sessionId,
          directory,
          agent,
          model,
          text: await render(mail),
          ...(before !== undefined && { before }),
          delivered: mail.map((message) => message.id),
          synthetic: true,
        })
        await markInjected(recipient, mail)
        return mail
      } finally {
        for (const each of keys) inFlight.delete(each)
      }
    },

    /** What a session's store already holds was delivered, whatever the ledger knew of it. */
    async reconcile(recipient: string, ids: ReadonlySet<string>) {
      const stored = (await ledger.read((db) => undelivered(db, recipient, 1000))).filter(
        (message) => ids.has(message.id),
      )
      if (stored.length > 0) await markInjected(recipient, stored)
    },

    observe: requests.observe,

    /**
     * Looks after mail that a session has had for `deadlineMs` without its model seeing it. Call it
     * for a session that is idle: while one works, its next step reads the mail. What the store does
     * not hold is delivered again by its id; what it holds only needs the session to go on, and true
     * is returned. After the last try the mail stays in the inbox and the person is told.
     */
    async recover(
      { recipient, sessionId, directory }: Mailbox,
      deadlineMs: number,
    ): Promise<boolean> {
      const overdue = (
        await ledger.read((db) => injectedUnseen(db, recipient, now() - deadlineMs))
      ).filter((message) => message.tries <= maxTries)
      if (overdue.length === 0) return false
      const stored = deliveredIds(await sessions.messages(sessionId, directory, recentMessages))
      await ledger.transact(async (tx) => {
        for (const message of overdue) {
          if (message.tries >= maxTries) await giveUp(tx, message)
          else if (!stored.has(message.id)) await deliverAgain(tx, message)
          else await countTry(tx, message)
        }
      })
      // What wakes nobody is in the next request, whenever that is.
      return overdue.some(
        (message) => message.wake === 1 && message.tries < maxTries && stored.has(message.id),
      )
    },

    /** Resolves when everything observed so far is in the ledger. */
    settle: requests.settle,

    /** The end of a turn acknowledges what that turn has seen. */
    async acknowledgeSeen(recipient: string) {
      if (await ledger.read(async (db) => (await seenUnacked(db, recipient)).length === 0)) return
      await ledger.transact(async (tx) => {
        for (const message of await seenUnacked(tx, recipient))
          if (await acknowledge(tx, recipient, message.seq, true))
            await appendEvent(tx, {
              type: "message.acked",
              fleetId: message.fleet_id,
              agentId: recipient.startsWith("lead:") ? null : recipient,
              data: { message_id: message.id, auto: true },
            })
      })
    },
  }
}

export type Courier = ReturnType<typeof createCourier>
