import { openSync, readFileSync, writeSync } from "node:fs"
import { join } from "node:path"
import { MeshError } from "../../plugin/mesh/model/errors.ts"
import { createLedgerStore } from "../../plugin/system/ledger-store.ts"
import { createRandom } from "../random.ts"
import { type Act, chooseDeed, type Deed, type Line, readLog, remember } from "./deeds.ts"
import { leadCaller, memberCaller, servicesOver } from "./services.ts"

/**
 * One process of the proof: `writer.ts <folder> <name> <life> <seed> <all names>`, the ledger in
 * MESHFLEET_LEDGER. It does one deed after the other until it is killed, or asked to end. What it was
 * told stands in its log once the call has returned: a kill takes nothing out of a file.
 */
const [folder, self, life, seed, all] = process.argv.slice(2) as [
  ...[string, string, string, string, string],
]
const asked = new AbortController()
process.once("SIGTERM", () => asked.abort())
// Nobody is left to judge what it does.
process.stdin.once("close", () => process.exit(0)).resume()

const path = join(folder, `${self}.log`)
const file = openSync(path, "a")
// The life before may have left half a line.
writeSync(file, "\n")
const write = (line: Line) => void writeSync(file, `${JSON.stringify(line)}\n`)
const peers = all.split(",").filter((name) => name !== self)
const random = createRandom(Number(seed))
const memory = { cursor: "0", received: [] as string[], proposals: [] as string[] }
for (const act of readLog(self, readFileSync(path, "utf8")))
  // What was sent is not received.
  if (act.deed.kind === "read") remember(memory, act)

const open = async () => {
  const { open: openLedger } = createLedgerStore(process.env["MESHFLEET_LEDGER"]!)
  for (;;)
    try {
      return await openLedger()
    } catch (error) {
      // A server that was killed comes back.
      if (!(error instanceof MeshError) || error.code !== "LEDGER_UNAVAILABLE") throw error
    }
}

const ledger = await open()
const { messages, receipts, ratifications, templates, exchanges, close } = servicesOver(ledger)
const me = memberCaller(self)
const draft = (to: string, nonce: string) =>
  ({ to_agent_id: to, type: "result", payload: nonce, correlation_id: nonce }) as const

const perform = async (deed: Deed, nonce: string): Promise<Partial<Act>> => {
  // Whoever answers mail with mail and does nothing else is held.
  exchanges.acted(me.sessionId)
  switch (deed.kind) {
    case "send":
      return { ids: [(await messages.send(me, draft(deed.to, nonce))).message_id] }
    case "batch": {
      const drafts = deed.to.map((to, at) => ({ ...draft(to, nonce), payload: `${nonce} ${at}` }))
      return { ids: (await messages.sendMany(me, drafts)).map(({ message_id }) => message_id) }
    }
    case "broadcast":
      return {
        ids: [(await messages.send(me, { ...draft("*", nonce), type: "alert" })).message_id],
      }
    case "read": {
      const page = await messages.inbox(me, { since: deed.since, limit: 20 })
      const isProposal = ({ payload }: { payload: unknown }) =>
        typeof payload === "string" && payload.startsWith("Proposal:")
      return {
        ids: page.messages.map(({ id }) => id),
        proposals: page.messages.filter(isProposal).map(({ id }) => id),
        cursor: page.cursor,
      }
    }
    case "ack":
      await messages.acknowledge(me, deed.message)
      return {}
    case "receipt":
      await receipts.write(me, deed.message, deed.action, nonce)
      return {}
    case "propose": {
      const quorum = Math.ceil(all.split(",").length / 2)
      return {
        ids: [(await ratifications.open(leadCaller(), { subject: nonce, quorum })).message_id],
      }
    }
    case "save": {
      const agents = [{ role: "writer", prompt: nonce }]
      const saved = await templates.save(leadCaller(), { name: "t", description: nonce, agents })
      return { version: saved.template.version }
    }
    case "vote":
      return { status: (await ratifications.vote(me, deed.message, deed)).status }
  }
}

const outcomeOf = (error: unknown): Pick<Act, "outcome" | "code"> => {
  if (!(error instanceof MeshError)) throw error
  const isKnown = error.code !== "LEDGER_UNAVAILABLE" || error.next.includes("nothing was changed")
  return { outcome: isKnown ? "refused" : "unknown", code: error.code }
}

for (let n = 1; !asked.signal.aborted; n++) {
  // Calls come from outside: alone with its ledger, it would never hear that it is to end.
  await new Promise((resolve) => setImmediate(resolve))
  const nonce = `${self}.${life}.${n}`
  const deed = chooseDeed(random, peers, memory)
  write({ nonce, deed, begunAt: Date.now() })
  try {
    const answer = await perform(deed, nonce)
    write({ nonce, endedAt: Date.now(), outcome: "done", ...answer })
    if (deed.kind === "read") remember(memory, { ids: [], proposals: [], ...answer })
  } catch (error) {
    write({ nonce, endedAt: Date.now(), ...outcomeOf(error) })
  }
}
close()
await ledger.close()
process.exit(0)
