import { isoTime } from "../model/limits/numbers.ts"
import { mapInOrder, someInOrder } from "../model/in-order.ts"
import { actingAs, fleetsLedBy } from "../access.ts"
import type { Caller } from "../model/caller.ts"
import type { Changes } from "../ledger/changes.ts"
import { MeshError } from "../model/errors.ts"
import { agentById, agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query } from "../ledger/port.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetsOfLead } from "../ledger/tables/fleets.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { advance, type DeliveredMessage, deliveriesOf } from "../ledger/tables/messages.ts"
import { hasUnseenNotice, newestSeq } from "../ledger/tables/mail/reads.ts"
import type { Exchanges } from "./exchanges.ts"
import { inboxPage } from "./inbox-page.ts"
import { shownRecipient } from "./known-message.ts"
import { whileAwaitingMail } from "./mail-wait.ts"
import { noteRead } from "./notices.ts"
import { firstPartBytes, partOfText } from "../model/long-text.ts"
import { leadName, leadRecipient } from "../model/message.ts"

export interface InboxQuery {
  agent_id?: string | undefined
  since?: string | undefined
  limit: number
  wait_seconds?: number | undefined
}

export interface InboxDeps {
  ledger: Ledger
  changes: Changes
  now: () => number
  /** Messages this process is putting into the recipient's session at this moment. */
  isInFlight: (recipient: string, seq: number) => boolean
  exchanges: Pick<Exchanges, "heard">
  /** Keeps mail of these recipients out of their sessions until the returned function is called. */
  hold: (recipients: readonly string[]) => () => void
}

/** Reads a page of mail, or waits for one. */
export const createInbox = (deps: InboxDeps) => {
  const { ledger, changes, now, isInFlight, exchanges, hold } = deps

  /** Inboxes whose mail reaches the caller's own context by itself. */
  const ownInboxes = async (db: Query, caller: Caller) => {
    // A sub-session that reads has not brought the mail before its parent.
    if (caller.delegated) return []
    if (caller.member) return [caller.member.agentId]
    return (await fleetsOfLead(db, caller.sessionId)).map((fleet) => leadRecipient(fleet.id))
  }

  const readPage = async (db: Query, caller: Caller, query: InboxQuery) => {
    const inboxes = await inboxesOf(db, caller, query.agent_id)
    const own = await ownInboxes(db, caller)
    const page = await inboxPage(db, inboxes, parseCursor(query.since), query.limit)
    // What is in the caller's session already, or on its way there, comes into its context with the
    // next request: handed out here it would be there twice.
    const isArriving = ({ recipient, seq, state }: DeliveredMessage) =>
      own.includes(recipient) && (state === "injected" || isInFlight(recipient, seq))
    const shown = withinBytes(page.messages)
    const messages = shown.filter((each) => !isArriving(each))
    const last =
      shown.at(-1)?.seq ?? (query.since === undefined ? await newestSeq(db, inboxes) : undefined)
    return {
      messages,
      arriving: shown.length - messages.length,
      hasNotice: !caller.member && (await someInOrder(own, (each) => hasUnseenNotice(db, each))),
      remaining: page.remaining + page.messages.length - shown.length,
      cursor: last === undefined ? query.since! : String(last),
      marks: messages.filter((each) => own.includes(each.recipient)),
    }
  }

  /** Only the reader's own mail counts as seen: a look into a member's inbox delivers nothing. */
  const markSeen = async (
    caller: Caller,
    attempt: number | undefined,
    mail: readonly DeliveredMessage[],
  ) => {
    if (mail.length === 0) return
    await ledger.transact(async (tx) => {
      // Its host was frozen while it waited, and it is at work elsewhere: the mail is for that one.
      if ((await attemptOf(tx, caller)) !== attempt)
        throw new Error("this attempt of the agent is over")
      for (const message of mail)
        if (await advance(tx, message, "seen")) {
          await noteRead(tx, message)
          await appendEvent(tx, {
            type: "message.seen",
            fleetId: message.fleet_id,
            agentId: caller.member?.agentId ?? null,
            data: { message_id: message.id, seq: message.seq, by: "get_inbox" },
          })
        }
    })
  }

  return async (caller: Caller, query: InboxQuery, signal?: AbortSignal) => {
    // What this call hands out must not be put into the session at the same time.
    const release = hold(await ledger.read((db) => ownInboxes(db, caller)))
    const attempt = await ledger.read((db) => attemptOf(db, caller))
    try {
      const read = () => ledger.read((db) => readPage(db, caller, query))
      const isNews = (page: Awaited<ReturnType<typeof readPage>>) =>
        page.messages.length > 0 || page.arriving > 0 || page.hasNotice
      let page = await read()
      if (!isNews(page) && query.wait_seconds)
        page =
          (await whileAwaitingMail(ledger, now, caller, () =>
            changes.until(
              async () => {
                const next = await read()
                return isNews(next) ? next : undefined
              },
              { timeoutMs: query.wait_seconds! * 1000, signal },
            ),
          )) ?? page
      await markSeen(caller, attempt, page.marks)
      exchanges.heard(caller.sessionId, page.marks)
      return await ledger.read(async (db) => ({
        messages: await mapInOrder(page.messages, (message) => renderMessage(db, message)),
        cursor: page.cursor,
        remaining: page.remaining,
        ...(page.arriving > 0 && { arriving: page.arriving }),
        ...(page.messages.length === 0 &&
          page.hasNotice && { note: "There is news for you: it follows this answer." }),
      }))
    } finally {
      release()
    }
  }
}

/** The recipients whose mail a caller reads: its own, a member's if it leads it, else its fleets'. */
export const inboxesOf = async (db: Query, caller: Caller, agentId: string | undefined) => {
  if (caller.member) return [(await actingAs(db, caller, undefined, agentId)).agent!.id]
  const fleets = await fleetsLedBy(db, caller)
  if (agentId === undefined || agentId === leadName)
    return fleets.map((fleet) => leadRecipient(fleet.id))
  for (const fleet of fleets.toReversed()) {
    const agent = (await agentsOfFleet(db, fleet.id)).find(
      (each) => each.id === agentId || each.name === agentId,
    )
    if (agent) return [agent.id]
  }
  return [(await actingAs(db, caller, undefined, agentId)).agent!.id]
}

const attemptOf = async (db: Query, { member }: Caller) =>
  member && (await agentById(db, member.agentId))?.attempts

// A page is one tool answer: what would be cut off there comes with the next page instead.
const maxPageBytes = 36_000

const withinBytes = (messages: readonly DeliveredMessage[]) => {
  let bytes = 0
  return messages.filter((message, index) => {
    bytes += Math.min(Buffer.byteLength(message.payload), firstPartBytes) + 400
    return index === 0 || bytes <= maxPageBytes
  })
}

const parseCursor = (since: string | undefined) => {
  if (since === undefined) return undefined
  if (/^\d{1,15}$/.test(since)) return Number(since)
  throw new MeshError(
    "INVALID_ARGUMENT",
    `since: "${since.slice(0, 40)}" is not a cursor.`,
    "Pass the cursor of the last get_inbox answer, or leave it out.",
  )
}

/** Long ones by their beginning: the rest is read by id and offset. */
const renderPayload = ({ id, payload, payload_kind }: DeliveredMessage, whole: boolean) => {
  const { text, next } = whole
    ? { text: payload, next: undefined }
    : partOfText(payload, 0, firstPartBytes)
  if (next !== undefined)
    return {
      payload: text,
      truncated: true,
      chars: payload.length,
      next: { message_id: id, offset: next },
    }
  return { payload: payload_kind === "json" ? (JSON.parse(payload) as unknown) : payload }
}

export const renderMessage = async (
  db: Query,
  message: DeliveredMessage,
  { whole = false } = {},
) => {
  const all = await deliveriesOf(db, message.seq)
  return {
    id: message.id,
    from_agent_id: message.from_agent_id,
    to_agent_id: message.to_agent_id,
    fleet_id: message.fleet_id,
    type: message.type,
    ...renderPayload(message, whole),
    ...(message.correlation_id && { correlation_id: message.correlation_id }),
    ...(message.via && { via: message.via }),
    timestamp: isoTime(message.created_at),
    acknowledged: all.every((each) => each.acked_at !== null),
    ...(all.length > 1 && {
      recipients: all.map((each) => shownRecipient(each.recipient, message.fleet_id)),
    }),
  }
}
