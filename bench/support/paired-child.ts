import { rmSync } from "node:fs"
import { dirname } from "node:path"
import { openLedger } from "../../plugin/mesh/ledger/ledger.ts"
import { createBenchLedger, memberCaller, messagesOver } from "./bench-ledger.ts"

/**
 * One process of the paired measurement. It runs in the checkout that is measured, also in an older
 * one that it was copied into, so it uses nothing but what both have.
 *
 * `make <member…>` prints the path of a new ledger, `fill <ledger> <count>` sends so many messages to
 * "recipient", `page <ledger> <since> <count>` reads so many pages of its inbox and prints what each
 * took in ms, `drop <ledger>` removes its folder.
 */
const [mode, path = "", ...rest] = process.argv.slice(2)

const make = async (members: readonly string[]) => {
  const bench = await createBenchLedger(members)
  await bench.ledger.close()
  return bench.path
}

const withMessages = async (
  work: (messages: ReturnType<typeof messagesOver>["messages"]) => Promise<unknown>,
) => {
  const ledger = await openLedger(path)
  const { messages, close } = messagesOver(ledger)
  const result = await work(messages)
  close()
  await ledger.close()
  return result
}

const fill = (count: number) =>
  withMessages(async (messages) => {
    for (let sent = 0; sent < count; sent += 100)
      await messages.sendMany(
        memberCaller("sender-1"),
        Array.from({ length: 100 }, (_, at) => ({
          to_agent_id: "recipient",
          type: "result" as const,
          payload: `Result ${sent + at}: the tests of this part pass.`,
        })),
      )
  })

const page = (since: string, count: number) =>
  withMessages(async (messages) => {
    const taken: number[] = []
    for (let at = -200; at < count; at++) {
      const before = performance.now()
      const { messages: read } = await messages.inbox(memberCaller("recipient"), {
        limit: 20,
        since,
      })
      if (read.length !== 20) throw new Error(`a page has ${read.length} messages`)
      if (at >= 0) taken.push(performance.now() - before)
    }
    return taken
  })

if (mode === "make") console.log(await make([path, ...rest]))
else if (mode === "fill") await fill(Number(rest[0]))
else if (mode === "page") console.log(JSON.stringify(await page(rest[0]!, Number(rest[1]))))
else if (mode === "drop") rmSync(dirname(path), { recursive: true, force: true })
process.exit(0)
