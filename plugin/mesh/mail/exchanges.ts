import type { MessageRow } from "../ledger/tables/rows.ts"

type Heard = Pick<MessageRow, "auto_replies">

/**
 * How many messages in a row led to what a session says next, with nobody doing anything else in
 * between. The count travels with the messages; each process knows what its own sessions have heard
 * since they last did something, and forgets it when it ends. An agent whose turn ends is heard twice, by
 * its message and by its answer, and each may be replied to: so that such circles do not multiply, a
 * session's replies to one address are counted as well.
 */
export const createExchanges = () => {
  const heard = new Map<string, number>()
  const replied = new Map<string, Map<string, number>>()
  return {
    /** Messages or answers came into the session, the newest last: what it says next replies to that. */
    heard(sessionId: string, messages: readonly Heard[]) {
      const newest = messages.at(-1)
      if (!newest) return
      heard.set(sessionId, newest.auto_replies)
      if (newest.auto_replies === 0) replied.delete(sessionId)
    },
    /** It did something besides talking, or a person spoke to it. */
    acted(sessionId: string) {
      heard.delete(sessionId)
      replied.delete(sessionId)
    },
    /** It replied to these addresses, as it wrote them. */
    replied(sessionId: string, addresses: Iterable<string>) {
      const counts = replied.get(sessionId) ?? new Map<string, number>()
      for (const address of addresses) counts.set(address, (counts.get(address) ?? 0) + 1)
      replied.set(sessionId, counts)
    },
    /** How often it replied to the address since it last heard from somebody who did something. */
    repliesTo: (sessionId: string, address: string) => replied.get(sessionId)?.get(address) ?? 0,
    repliesOf(sessionId: string) {
      const last = heard.get(sessionId)
      return last === undefined ? 0 : last + 1
    },
  }
}

export type Exchanges = ReturnType<typeof createExchanges>
