import { bySql, type Check, missing, oneOf, parses, restoreRemedy } from "../check.ts"

const isVote = "action LIKE 'r-%'"

/** Receipts against messages, votes against the proposals they are of. */
export const councils: readonly Check[] = [
  missing("receipt-without-message", {
    table: "receipts",
    subject: "t.actor",
    column: "message_id",
    target: "messages",
  }),
  bySql({
    id: "receipt-of-a-delivery",
    explains: "a receipt says what only a delivery can tell",
    remedy: restoreRemedy,
    sql: `SELECT message_id AS subject, action AS detail FROM receipts
          WHERE action IN ('ack', 'accepted', 'injected', 'seen', 'acked', 'parked')`,
  }),
  bySql({
    id: "receipt-before-message",
    severity: "warning",
    explains: "a receipt is older than its message",
    remedy: "Compare the clocks of the machines that write this ledger.",
    sql: `SELECT r.message_id AS subject, r.action AS detail FROM receipts r
          JOIN messages m ON m.id = r.message_id WHERE r.at < m.created_at`,
  }),
  bySql({
    id: "receipts-against-events",
    explains: "a fleet has another number of receipts and votes than its history tells",
    remedy: "A receipt, or the event of its writing, was added or taken away.",
    // Counted once for all fleets: there may be thousands.
    sql: `SELECT f.id AS subject, COALESCE(r.n, 0) AS detail FROM fleets f
          LEFT JOIN (SELECT m.fleet_id, count(*) AS n FROM receipts w
                     JOIN messages m ON m.id = w.message_id GROUP BY m.fleet_id) r ON r.fleet_id = f.id
          LEFT JOIN (SELECT fleet_id, count(*) AS n FROM events
                     WHERE type IN ('receipt.written', 'vote.cast') GROUP BY fleet_id) e ON e.fleet_id = f.id
          WHERE COALESCE(r.n, 0) <> COALESCE(e.n, 0)`,
  }),
  missing("ratification-without-message", {
    table: "ratifications",
    subject: "t.subject",
    column: "message_id",
    target: "messages",
  }),
  bySql({
    id: "ratification-in-another-fleet",
    explains: "a proposal was mailed in one fleet and is voted on in another",
    remedy: restoreRemedy,
    sql: `SELECT r.message_id AS subject, r.fleet_id AS detail FROM ratifications r
          JOIN messages m ON m.id = r.message_id WHERE m.fleet_id <> r.fleet_id`,
  }),
  oneOf("ratification-status", {
    table: "ratifications",
    subject: "message_id",
    column: "status",
    values: ["open", "ratified", "rejected", "expired"],
  }),
  parses("ratification-voters", {
    table: "ratifications",
    subject: "message_id",
    column: "voters",
  }),
  bySql({
    id: "ratification-end-time",
    explains: "a ratification has an end and no time of it, or a time and no end",
    remedy: restoreRemedy,
    sql: `SELECT message_id AS subject, status AS detail FROM ratifications
          WHERE (status = 'open' AND resolved_at IS NOT NULL)
             OR (status <> 'open' AND resolved_at IS NULL)`,
  }),
  bySql({
    id: "ratifications-against-events",
    explains: "a ratification has ended, and the history does not tell of it",
    remedy: restoreRemedy,
    sql: `SELECT r.message_id AS subject, r.status AS detail FROM ratifications r
          WHERE r.status <> 'open' AND NOT EXISTS (
            SELECT 1 FROM events e WHERE e.fleet_id = r.fleet_id AND e.type = 'ratification.resolved'
              AND e.data LIKE '%"message_id":"' || r.message_id || '"%')`,
  }),
  bySql({
    id: "vote-without-ratification",
    explains: "a vote is of a message that is no proposal",
    remedy: restoreRemedy,
    sql: `SELECT message_id AS subject, action AS detail FROM receipts v WHERE ${isVote}
            AND NOT EXISTS (SELECT 1 FROM ratifications r WHERE r.message_id = v.message_id)`,
  }),
  bySql({
    id: "vote-of-no-voter",
    explains: "somebody has voted who has no vote",
    remedy: "It was not counted. Ask who wrote it into the ledger.",
    sql: `SELECT v.message_id AS subject, v.actor AS detail FROM receipts v
          JOIN ratifications r ON r.message_id = v.message_id
          WHERE ${isVote} AND r.voters NOT LIKE '%"voter":"' || v.actor || '"%'`,
  }),
  bySql({
    id: "vote-after-the-end",
    explains: "a vote came after the end or the deadline of its proposal",
    remedy: restoreRemedy,
    sql: `SELECT v.message_id AS subject, v.actor AS detail FROM receipts v
          JOIN ratifications r ON r.message_id = v.message_id
          WHERE ${isVote} AND (v.at > r.resolved_at OR v.at > r.deadline_at)`,
  }),
  {
    id: "vote-missing",
    severity: "error",
    explains: "a voter's votes are not numbered one after the other: one is gone, or is no vote",
    remedy: restoreRemedy,
    async find(db) {
      const votes = await db.all<{ message_id: string; actor: string; action: string }>(
        `SELECT message_id, actor, action FROM receipts WHERE ${isVote} ORDER BY message_id, actor`,
      )
      const byVoter = Map.groupBy(votes, ({ message_id, actor }) => `${message_id} ${actor}`)
      return [...byVoter.values()]
        .filter((cast) => {
          const numbers = cast.map(({ action }) => numberOf(action)).toSorted((a, b) => a - b)
          return numbers.some((n, at) => n !== at + 1)
        })
        .map(([first]) => ({ subject: first!.message_id, detail: first!.actor }))
    },
  },
]

/** 0 for what is no vote. */
const numberOf = (action: string) => {
  const [whole, n] = /^r-(?:ack|decline)(?::([1-9]\d*))?$/.exec(action) ?? []
  return whole === undefined ? 0 : Number(n ?? 1)
}
