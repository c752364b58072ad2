import { openLedger } from "../../plugin/mesh/ledger/ledger.ts"
import { memberCaller, messagesOver } from "./bench-ledger.ts"
import { instant } from "./statistics.ts"

/**
 * One process of the sends measurement: `sender.ts <ledger> <member> <recipient> <count>`.
 * It says "ready", waits for a line on stdin, sends, and prints what happened as JSON.
 */
export interface SenderReport {
  startedAt: number
  endedAt: number
  sent: number
  errors: string[]
  worstMs: number
}

const [path, member, recipient, count] = process.argv.slice(2)
const ledger = await openLedger(path!)
const { messages, close } = messagesOver(ledger)
const caller = memberCaller(member!)

console.log("ready")
for await (const _ of console) break

const report: SenderReport = { startedAt: instant(), endedAt: 0, sent: 0, errors: [], worstMs: 0 }
for (let at = 1; at <= Number(count); at++) {
  const before = performance.now()
  try {
    await messages.send(caller, {
      to_agent_id: recipient!,
      type: "result",
      payload: `Result ${at} of ${member}: the tests of this part pass.`,
    })
    report.sent++
  } catch (error) {
    report.errors.push(String(error))
  }
  report.worstMs = Math.max(report.worstMs, performance.now() - before)
}
report.endedAt = instant()
console.log(JSON.stringify(report))
close()
await ledger.close()
process.exit(0)
