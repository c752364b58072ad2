import type { Caller } from "../plugin/mesh/model/caller.ts"
import { createBenchLedger, memberCaller, messagesOver } from "./support/bench-ledger.ts"
import { atMost, type Findings, type Measurement } from "./support/report.ts"
import { percentile } from "./support/statistics.ts"

const sizes = [100, 50_000] as const
const samples = 1000
const pageSize = 20
const from = memberCaller("sender")
const to = memberCaller("recipient")
const quiet = memberCaller("quiet")
const batch = 1000
/** The most a call may take at 50,000 unread, p50 in ms. */
const limits = { send: 0.1, ack: 0.1, "inbox page": 0.3, "empty inbox": 0.1 }

/** Whether a full inbox costs more than an empty one. */
export const inboxGrowth: Measurement = {
  name: "inbox",
  title: "Send and inbox page at 100 and at 50,000 unread",
  async run(): Promise<Findings> {
    const boxes: Box[] = []
    try {
      for (const unread of sizes) boxes.push(await createBox(unread))
      const taken = await measure(boxes)
      const batchMs = await measureBatches(boxes[0]!)
      const at = (operation: Operation, size: number, percent: number) =>
        percentile(taken[size]![operation], percent)
      return {
        method: `Two ledgers, one with ${sizes.join(" and one with ")} unread messages in the recipient's inbox, measured in turn in one process (${samples} samples each, after a warm-up). What a sample sends is acknowledged before the next one, so the inbox keeps its size. A page is get_inbox with ${pageSize} messages: the first unacknowledged ones, or those after a cursor near the end; the empty inbox is that of a member nobody writes to. A batch of ${batch} is one send_messages, the median of ${batches}, which took ${batchMs.toFixed(1)} ms.`,
        tables: [
          {
            head: ["operation", "unread", "p50 ms", "p95 ms"],
            rows: operations.flatMap((operation) =>
              sizes.map((unread, size) => [
                operation,
                unread,
                at(operation, size, 50),
                at(operation, size, 95),
              ]),
            ),
          },
        ],
        targets: [
          ...Object.entries(limits).map(([operation, limit]) =>
            atMost(
              `${operation}, p50 at 50,000 unread`,
              at(operation as Operation, 1, 50),
              limit,
              "ms",
            ),
          ),
          atMost(`a batch of ${batch}, median`, batchMs, 15, "ms"),
          ...operations.flatMap((operation) =>
            [50, 95].map((percent) =>
              atMost(
                `${operation}, p${percent}: 50,000 to 100 unread`,
                at(operation, 1, percent) / at(operation, 0, percent),
                2,
                "×",
              ),
            ),
          ),
        ],
      }
    } finally {
      for (const box of boxes) await box.end()
    }
  },
}

const batches = 15

const measureBatches = async (box: Box) => {
  const taken = []
  for (let at = -5; at < batches; at++) {
    const before = performance.now()
    await box.sendBatch(batch)
    if (at >= 0) taken.push(performance.now() - before)
  }
  return percentile(taken, 50)
}

const operations = ["send", "ack", "inbox page", "page after a cursor", "empty inbox"] as const
type Operation = (typeof operations)[number]
type Box = Awaited<ReturnType<typeof createBox>>

const createBox = async (unread: number) => {
  const bench = await createBenchLedger([from, to, quiet].map(({ member }) => member!.agentId))
  const { messages, close } = messagesOver(bench.ledger)
  const draft = (at: number) => ({
    to_agent_id: "recipient",
    type: "result" as const,
    payload: `Result ${at}: the tests of this part pass.`,
  })
  const sendBatch = (count: number) =>
    messages.sendMany(
      from,
      Array.from({ length: count }, (_, at) => draft(at)),
    )
  for (let sent = 0; sent < unread; sent += 100) await sendBatch(100)
  const cursor = String(unread - pageSize)
  return {
    sendBatch,
    send: async (at: number) => (await messages.send(from, draft(at))).message_id,
    acknowledge: (id: string) => messages.acknowledge(to, id),
    async empty() {
      const page = await messages.inbox(quiet, { limit: pageSize })
      if (page.messages.length > 0) throw new Error("the quiet one's inbox is not empty")
    },
    page: (since?: string) => readPage(messages.inbox, to, since),
    cursor,
    async end() {
      close()
      await bench.end()
    },
  }
}

const readPage = async (
  inbox: ReturnType<typeof messagesOver>["messages"]["inbox"],
  caller: Caller,
  since: string | undefined,
) => {
  const page = await inbox(caller, { limit: pageSize, since })
  if (page.messages.length !== pageSize)
    throw new Error(`a page has ${page.messages.length} messages`)
}

const measure = async (boxes: readonly Box[]) => {
  const taken = boxes.map(
    () =>
      Object.fromEntries(operations.map((operation) => [operation, []])) as unknown as Record<
        Operation,
        number[]
      >,
  )
  for (let at = -100; at < samples; at++)
    for (const [size, box] of boxes.entries()) {
      const time = async <T>(operation: Operation, run: () => Promise<T>) => {
        const before = performance.now()
        const result = await run()
        if (at >= 0) taken[size]![operation].push(performance.now() - before)
        return result
      }
      const id = await time("send", () => box.send(at))
      await time("ack", () => box.acknowledge(id))
      await time("inbox page", () => box.page())
      await time("page after a cursor", () => box.page(box.cursor))
      await time("empty inbox", box.empty)
    }
  return taken
}
