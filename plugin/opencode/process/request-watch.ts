import { flatMapInOrder } from "../../mesh/model/in-order.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import { withdrawnOf } from "../../mesh/ledger/tables/mail/reads.ts"
import {
  acknowledge,
  advance,
  type DeliveredMessage,
  messageById,
} from "../../mesh/ledger/tables/messages.ts"
import { noteRead } from "../../mesh/mail/notices.ts"
import { systemSender } from "../../mesh/model/message.ts"
import type { Replacement, StoredMessage } from "../runtime/messages.ts"
import { deliveredIn } from "../runtime/transcript.ts"

export interface RequestWatchDeps {
  ledger: Ledger
  render: (mail: readonly DeliveredMessage[]) => Promise<string>
  onError: (error: unknown) => void
}

/** A look takes a millisecond. */
const longestLookMs = 500
const repeatedText = "[meshfleet] (a message above, delivered again)"
const withdrawnText = "[meshfleet] (a notice that is settled by now: nothing to do)"

/** What of our mail is in the requests to a model: seen by it, there twice, or out of date. */
export const createRequestWatch = ({ ledger, render, onError }: RequestWatchDeps) => {
  const marking = new Set<Promise<unknown>>()
  /** Whether it was withdrawn, of what a reader's requests have shown: that does not change any more. */
  const known = new Map<string, boolean>()

  const markSeen = (ids: readonly string[], recipients: readonly string[]) =>
    ledger.transact(async (tx) => {
      for (const id of ids) {
        const message = await messageById(tx, id)
        if (!message) continue
        for (const recipient of recipients) {
          if (!(await advance(tx, { recipient, seq: message.seq }, "seen"))) continue
          await appendEvent(tx, {
            type: "message.seen",
            fleetId: message.fleet_id,
            agentId: recipient.startsWith("lead:") ? null : recipient,
            data: { message_id: id, by: "request" },
          })
          await noteRead(tx, message)
          // A notice of ours is done once it was read: nobody acknowledges it.
          if (message.from_agent_id === systemSender)
            await acknowledge(tx, recipient, message.seq, true)
        }
      }
    })

  const renderAgain = async (ids: readonly string[], recipients: readonly string[]) => {
    const mail = await ledger.read((db) =>
      flatMapInOrder(ids, async (id): Promise<DeliveredMessage[]> => {
        const message = await messageById(db, id)
        return message
          ? [{ ...message, recipient: recipients[0] ?? "", state: "injected", wake: 0 }]
          : []
      }),
    )
    return mail.length === 0 ? repeatedText : render(mail)
  }

  /** The user's request does not wait for a database that does not answer. */
  const noteWithdrawn = async (unknown: readonly string[], recipients: readonly string[]) => {
    const reader = recipients.join()
    const found = ledger
      .read((db) => withdrawnOf(db, unknown, recipients))
      .then((ids) => ids.forEach((id) => void known.set(`${reader}#${id}`, true)))
      .catch(onError)
    const late = Promise.withResolvers<void>()
    const timer = setTimeout(late.resolve, longestLookMs)
    await Promise.race([found, late.promise])
    clearTimeout(timer)
  }

  const markLater = (ids: readonly string[], recipients: readonly string[]) => {
    const reader = recipients.join()
    const marked = markSeen(ids, recipients)
      .then(() => ledger.read((db) => withdrawnOf(db, ids, recipients)))
      // What was withdrawn while the request was on its way was told anew: the next one has it once.
      .then((withdrawn) => {
        for (const id of ids) known.set(`${reader}#${id}`, withdrawn.includes(id))
      })
      .catch(onError)
      .finally(() => marking.delete(marked))
    marking.add(marked)
  }

  /**
   * Looks through a request to the model: what is in it was seen. What is in it twice is to be shown
   * once, and what was withdrawn before it was read not at all, with the texts that are returned.
   * Waits for no writer, and hardly for the ledger.
   */
  const observe = async (
    messages: readonly StoredMessage[],
    recipients: readonly string[],
  ): Promise<Replacement[]> => {
    const reader = recipients.join()
    const all = new Set(messages.flatMap(({ parts }) => parts.flatMap(deliveredIn)))
    const unknown = [...all].filter((id) => !known.has(`${reader}#${id}`))
    if (unknown.length > 0) await noteWithdrawn(unknown, recipients)
    const isWithdrawn = (id: string) => known.get(`${reader}#${id}`) === true

    const shown = new Set<string>()
    const replacements: Replacement[] = []
    for (const [message, { parts }] of messages.entries())
      for (const [index, part] of parts.entries()) {
        const ids = deliveredIn(part)
        const kept = ids.filter((id) => !shown.has(id) && !isWithdrawn(id))
        const text = ids.some((id) => isWithdrawn(id)) ? withdrawnText : repeatedText
        for (const id of ids) shown.add(id)
        // The message stays in its place, or the conversation would lose its turn order.
        if (kept.length < ids.length)
          replacements.push({
            message,
            part: index,
            text: kept.length > 0 ? await renderAgain(kept, recipients) : text,
          })
      }
    const fresh = unknown.filter((id) => !isWithdrawn(id))
    if (fresh.length > 0) markLater(fresh, recipients)
    return replacements
  }

  return {
    observe,
    /** Resolves when everything observed so far is in the ledger. */
    settle: async () => void (await Promise.all(marking)),
  }
}
