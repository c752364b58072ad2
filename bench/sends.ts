import { join } from "node:path"
import { createBenchLedger } from "./support/bench-ledger.ts"
import { atLeast, type Findings, type Measurement } from "./support/report.ts"
import { median } from "./support/statistics.ts"
import { measureSenders } from "./support/senders.ts"

const root = join(import.meta.dir, "..")
const recipient = "recipient"
const rounds = [
  { processes: 1, each: 2000 },
  { processes: 4, each: 2000 },
  { processes: 12, each: 500 },
]

/** How many messages a second real processes get into one inbox, and that none is lost. */
export const sends: Measurement = {
  name: "sends",
  title: "Sends per second into one inbox",
  async run(): Promise<Findings> {
    const results = []
    for (const round of rounds) results.push({ ...round, ...(await repeat(round)) })
    return {
      method:
        "Bun processes, started together, each sending one message after the other as a member through the message service (openLedger, send: one transaction with message, delivery and event). The clock runs from the first send to the last; process start is not in it. Each size is measured five times, each time into a new ledger: the median per second, the sums of lost and errors, the slowest send of all. Lost: messages the recipient's inbox lacks afterwards.",
      tables: [
        {
          head: ["processes", "sends each", "per second", "lost", "errors", "slowest send ms"],
          rows: results.map((each) => [
            each.processes,
            each.each,
            each.perSecond,
            each.lost,
            each.errors,
            each.worstMs,
          ]),
        },
      ],
      targets: results.flatMap(({ processes, each, perSecond, lost, errors }) => [
        ...(processes > 1 ? [atLeast(`${processes} × ${each}`, perSecond, 5000, "per s")] : []),
        {
          what: `${processes} × ${each}: lost, errors`,
          limit: "0, 0",
          measured: `${lost}, ${errors}`,
          met: lost === 0 && errors === 0,
        },
      ]),
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
      lost: wanted - filed.filed,
      errors: sent.errors.length,
      worstMs: sent.worstMs,
    }
  } finally {
    await bench.end()
  }
}
