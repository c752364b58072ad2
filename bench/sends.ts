import { join } from "node:path"
import { createBenchLedger } from "./support/bench-ledger.ts"
import { atLeast, atMost, type Findings, type Measurement } from "./support/report.ts"
import { median } from "./support/statistics.ts"
import { measureSenders } from "./support/senders.ts"

const root = join(import.meta.dir, "..")
const recipient = "recipient"
const rounds = [
  { processes: 1, each: 10_000, perSecond: 12_500 },
  { processes: 4, each: 2000, perSecond: 10_000 },
  { processes: 12, each: 500, perSecond: 8000 },
]
const longestSendMs = 250

/** How many messages a second real processes get into one inbox, and that none is lost. */
export const sends: Measurement = {
  name: "sends",
  title: "Sends per second into one inbox",
  async run(): Promise<Findings> {
    const results = []
    for (const round of rounds)
      results.push({ ...round, wanted: round.perSecond, ...(await repeat(round)) })
    return {
      method:
        "Bun processes, started together, each sending one message after the other as a member through the message service (openLedger, send: one transaction with message, delivery and event). The inner clock runs from the first send to the last, by the senders' own clocks; the outer one in the parent, from the word to begin to the last report, which includes warming up and telling. Process start is in neither. Each size is measured five times, each time into a new ledger: the median per second, the sums of lost and errors, the slowest send of all. Lost: messages the recipient's inbox lacks afterwards.",
      tables: [
        {
          head: [
            "processes",
            "sends each",
            "per second, inner clock",
            "outer clock",
            "lost",
            "errors",
            "slowest send ms",
          ],
          rows: results.map((each) => [
            each.processes,
            each.each,
            each.perSecond,
            each.outsidePerSecond,
            each.lost,
            each.errors,
            each.worstMs,
          ]),
        },
      ],
      targets: results.flatMap(
        ({ processes, each, wanted, outsidePerSecond, worstMs, lost, errors }) => [
          atLeast(`${processes} × ${each}, outer clock`, outsidePerSecond, wanted, "per s"),
          atMost(`${processes} × ${each}: slowest send`, worstMs, longestSendMs, "ms"),
          {
            what: `${processes} × ${each}: lost, errors`,
            limit: "0, 0",
            measured: `${lost}, ${errors}`,
            met: lost === 0 && errors === 0,
          },
        ],
      ),
    }
  },
}

/** What else the machine does for a moment would be the result of a single one. */
const repeat = async (round: (typeof rounds)[number]) => {
  const taken = []
  for (let at = 0; at < 5; at++) taken.push(await measure(round))
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  return {
    perSecond: median(taken.map((each) => each.perSecond)),
    outsidePerSecond: median(taken.map((each) => each.outsidePerSecond)),
    lost: sum(taken.map((each) => each.lost)),
    errors: sum(taken.map((each) => each.errors)),
    worstMs: Math.max(...taken.map((each) => each.worstMs)),
  }
}

const measure = async ({ processes, each }: (typeof rounds)[number]) => {
  const members = Array.from({ length: processes }, (_, at) => `sender-${at + 1}`)
  const bench = await createBenchLedger([recipient, ...members])
  try {
    const sent = await measureSenders(root, bench.path, members, each)
    const filed = await bench.ledger.read(
      async (db) =>
        (await db.get<{ filed: number; counted: number; last: number }>(
          `SELECT count(DISTINCT m.id) AS filed, max(d.position) AS last,
             (SELECT total FROM inboxes WHERE recipient = ?) AS counted
           FROM deliveries d JOIN messages m ON m.seq = d.message_seq WHERE d.recipient = ?`,
          recipient,
          recipient,
        ))!,
    )
    const wanted = processes * each
    if (filed.counted !== filed.filed || filed.last !== filed.filed)
      throw new Error(
        `the inbox counts ${filed.counted}, ends at ${filed.last}, holds ${filed.filed}`,
      )
    return {
      perSecond: sent.perSecond,
      outsidePerSecond: sent.outsidePerSecond,
      lost: wanted - filed.filed,
      errors: sent.errors.length,
      worstMs: sent.worstMs,
    }
  } finally {
    await bench.end()
  }
}
