import { systemSender } from "../../plugin/mesh/model/message.ts"
import type { Act } from "./deeds.ts"

/** What is in the ledger at the end, as far as the writers made it. */
export interface Rows {
  /** In the order of their sequence numbers. */
  messages: readonly { seq: number; id: string; from_agent_id: string; nonce: string }[]
  deliveries: readonly { message_seq: number; recipient: string; state: string }[]
  receipts: readonly { message_id: string; actor: string; action: string; note: string | null }[]
  ratifications: readonly { message_id: string; status: string }[]
  /** Versions of the one that all save, in their order. */
  templates: readonly { version: number; nonce: string }[]
}

/** Which promises do not hold, each in one sentence. Pure. */
export const judge = (acts: readonly Act[], rows: Rows): string[] => [
  ...judgeErrors(acts),
  ...judgeMessages(acts, rows),
  ...judgeOrder(acts, rows),
  ...judgeReads(acts, rows),
  ...judgeAcks(acts, rows),
  ...judgeReceipts(acts, rows),
  ...judgeVotes(acts, rows),
  ...judgeTemplates(acts, rows),
]

/** What Meshfleet itself tells is in the inboxes, too. */
export const isWriters = ({ from_agent_id }: Rows["messages"][number]) =>
  from_agent_id !== systemSender

/** What calls may end with here; anything else is a fault of ours. */
const expected = ["LEDGER_BUSY", "LEDGER_UNAVAILABLE", "RATIFICATION_CLOSED"]

const judgeErrors = (acts: readonly Act[]) =>
  acts
    .filter(({ code }) => code !== undefined && !expected.includes(code))
    .map(({ nonce, deed, code }) => `${nonce} (${deed.kind}) failed with ${code}`)

const countOf = ({ deed }: Act) =>
  deed.kind === "batch"
    ? deed.to.length
    : ["send", "broadcast", "propose"].includes(deed.kind)
      ? 1
      : 0

const judgeMessages = (acts: readonly Act[], { messages }: Rows) => {
  const byNonce = Map.groupBy(messages, ({ nonce }) => nonce)
  const known = new Set(acts.filter((act) => countOf(act) > 0).map(({ nonce }) => nonce))
  return [
    ...acts.flatMap((act) => {
      const wanted = countOf(act)
      const there = (byNonce.get(act.nonce) ?? []).map(({ id }) => id)
      const isRight = {
        done: there.join() === act.ids.join() && there.length === wanted,
        refused: there.length === 0,
        unknown: there.length === 0 || there.length === wanted,
      }
      return wanted === 0 || isRight[act.outcome]
        ? []
        : [
            `${act.nonce} (${act.deed.kind}) is ${act.outcome} with ${act.ids.join()}, there is ${there.join() || "nothing"}`,
          ]
    }),
    ...messages
      .filter((message) => isWriters(message) && !known.has(message.nonce))
      .map(({ id, nonce }) => `message ${id} (${nonce}) was sent by nobody`),
  ]
}

/** Whoever began after another had his answer comes after him. */
const judgeOrder = (acts: readonly Act[], { messages }: Rows) => {
  const times = new Map(acts.map((act) => [act.nonce, act]))
  const faults: string[] = []
  let earliest: Act | undefined
  for (const { seq, nonce } of messages.toReversed()) {
    const act = times.get(nonce)
    if (!act) continue
    if (earliest && earliest.endedAt < act.begunAt)
      faults.push(`message ${seq} of ${nonce} was begun after ${earliest.nonce} and stands before`)
    if (!earliest || act.endedAt < earliest.endedAt) earliest = act
  }
  return faults
}

/** Pages by cursor, put together, are the beginning of the inbox: nothing is missed or shown twice. */
const judgeReads = (acts: readonly Act[], rows: Rows) => {
  const ids = new Map(rows.messages.map(({ seq, id }) => [seq, id]))
  const inboxes = Map.groupBy(rows.deliveries, ({ recipient }) => recipient)
  return [...Map.groupBy(acts, ({ writer }) => writer)].flatMap(([writer, own]) => {
    const inbox = (inboxes.get(writer) ?? []).toSorted((a, b) => a.message_seq - b.message_seq)
    const seen = own.filter(({ deed }) => deed.kind === "read").flatMap((act) => act.ids)
    const at = seen.findIndex((id, index) => id !== ids.get(inbox[index]?.message_seq ?? 0))
    return [
      ...(at === -1
        ? []
        : [
            `${writer} was shown ${seen[at]} as number ${at + 1} of its inbox, which is ${ids.get(inbox[at]?.message_seq ?? 0)}`,
          ]),
      ...inbox
        .slice(0, at === -1 ? seen.length : at)
        .filter(({ state }) => state !== "seen" && state !== "acked")
        .map(({ message_seq }) => `${writer} has seen message ${message_seq}, the ledger has not`),
    ]
  })
}

const judgeAcks = (acts: readonly Act[], rows: Rows) => {
  const acks = acts.flatMap(({ deed, writer, outcome }) =>
    deed.kind === "ack" ? [{ key: `${writer} ${deed.message}`, outcome }] : [],
  )
  const ids = new Map(rows.messages.map(({ seq, id }) => [seq, id]))
  const acked = new Set(
    rows.deliveries
      .filter(({ state }) => state === "acked")
      .map(({ recipient, message_seq }) => `${recipient} ${ids.get(message_seq)}`),
  )
  const tried = new Set(acks.filter(({ outcome }) => outcome !== "refused").map(({ key }) => key))
  return [
    ...acks
      .filter(({ key, outcome }) => outcome === "done" && !acked.has(key))
      .map(({ key }) => `the acknowledgement of ${key} is lost`),
    ...[...acked].filter((key) => !tried.has(key)).map((key) => `${key} is acked by nobody`),
  ]
}

const isVote = (action: string) => action.startsWith("r-")

const judgeReceipts = (acts: readonly Act[], { receipts }: Rows) => {
  const keyOf = (message: string, actor: string, action: string) => `${message} ${actor} ${action}`
  const there = Map.groupBy(
    receipts.filter(({ action }) => !isVote(action)),
    ({ message_id, actor, action }) => keyOf(message_id, actor, action),
  )
  const written = acts.flatMap(({ deed, writer, nonce, outcome }) =>
    deed.kind === "receipt"
      ? [{ key: keyOf(deed.message, writer, deed.action), nonce, outcome }]
      : [],
  )
  const byKey = Map.groupBy(written, ({ key }) => key)
  return [
    ...[...byKey].flatMap(([key, tries]) => {
      const done = tries.findIndex(({ outcome }) => outcome === "done")
      const notes = (there.get(key) ?? []).map(({ note }) => note)
      // The first stays: that of the first that was done, or of one before whose answer is unknown.
      const allowed = tries
        .slice(0, done === -1 ? tries.length : done + 1)
        .filter(({ outcome }) => outcome !== "refused")
        .map(({ nonce }) => nonce)
      const isRight =
        notes.length === 0 ? done === -1 : notes.length === 1 && allowed.includes(notes[0]!)
      return isRight ? [] : [`receipt ${key} is ${notes.join() || "lost"}, not ${allowed.join()}`]
    }),
    ...[...there.keys()]
      .filter((key) => !byKey.has(key))
      .map((key) => `receipt ${key} is of nobody`),
  ]
}

/** Each voter's receipts are its votes, as far as they changed; those whose answer is unknown may count. */
const judgeVotes = (acts: readonly Act[], { receipts, ratifications }: Rows) => {
  const votes = acts.flatMap(({ deed, ...act }) =>
    deed.kind === "vote" ? [{ ...act, message: deed.message, approve: deed.approve }] : [],
  )
  const keyOf = (message: string, actor: string) => `${message} ${actor}`
  const cast = Map.groupBy(votes, ({ message, writer }) => keyOf(message, writer))
  const kept = Map.groupBy(
    receipts.filter(({ action }) => isVote(action)),
    ({ message_id, actor }) => keyOf(message_id, actor),
  )
  const statuses = new Map(ratifications.map(({ message_id, status }) => [message_id, status]))
  return [
    ...[...new Set([...cast.keys(), ...kept.keys()])]
      .filter((key) => !canBe(cast.get(key) ?? [], kept.get(key) ?? []))
      .map(
        (key) =>
          `the votes of ${key} are ${(kept.get(key) ?? []).map(({ action }) => action).join() || "lost"}`,
      ),
    ...votes
      .filter(({ status }) => status !== undefined && status !== "open")
      .filter(({ status, message }) => statuses.get(message) !== status)
      .map(
        ({ nonce, status, message }) =>
          `${nonce} was told that ${message} is ${status}; it is ${statuses.get(message)}`,
      ),
  ]
}

const canBe = (
  cast: readonly { approve: boolean; outcome: Act["outcome"] }[],
  kept: readonly { action: string }[],
) => {
  const values = kept.map(({ action }) => action.startsWith("r-ack"))
  // How many receipts may be there so far.
  let counts = new Set([0])
  for (const { approve, outcome } of cast) {
    if (outcome === "refused") continue
    const after = [...counts].flatMap((count) => {
      const made = values[count - 1] === approve ? count : count + 1
      const isKept = values[made - 1] === approve
      return [...(isKept ? [made] : []), ...(outcome === "unknown" ? [count] : [])]
    })
    counts = new Set(after)
  }
  return counts.has(kept.length)
}

/** Versions have no gap, and each is what its number was told for. */
const judgeTemplates = (acts: readonly Act[], { templates }: Rows) => {
  const saves = new Map(
    acts.filter(({ deed }) => deed.kind === "save").map((act) => [act.nonce, act]),
  )
  const isSaved = ({ version, nonce }: Rows["templates"][number]) => {
    const act = saves.get(nonce)
    return act?.outcome === "unknown" || (act?.outcome === "done" && act.version === version)
  }
  return [
    ...templates
      .filter((each, at) => each.version !== at + 1 || !isSaved(each))
      .map(({ version, nonce }) => `version ${version} of the template is that of ${nonce}`),
    ...[...saves.values()]
      .filter(
        ({ outcome, nonce }) => outcome === "done" && !templates.some((t) => t.nonce === nonce),
      )
      .map(({ nonce, version }) => `version ${version} that ${nonce} saved is lost`),
  ]
}

/** What became of that whose answer nobody got: how often it was there. */
export const countUnknown = (acts: readonly Act[], { messages, receipts }: Rows) => {
  const there = new Set([
    ...messages.map(({ nonce }) => nonce),
    ...receipts.map(({ note }) => note),
  ])
  const unknown = acts.filter(
    (act) => act.outcome === "unknown" && (countOf(act) > 0 || act.deed.kind === "receipt"),
  )
  return { all: unknown.length, made: unknown.filter(({ nonce }) => there.has(nonce)).length }
}
