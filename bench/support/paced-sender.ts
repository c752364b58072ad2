import { openLedger } from "../../plugin/mesh/ledger/ledger.ts"
import { messagesOver } from "./bench-ledger.ts"
import { percentile } from "./statistics.ts"

/**
 * `paced-sender.ts <ledger> <project> <fleet> <sender> <recipient>`: says "ready", sends a message every
 * 10 ms until its stdin ends, and prints how long its sends took.
 */
export interface PacedReport {
  sent: number
  p50Ms: number
  p99Ms: number
  worstMs: number
}

const [path, project, fleetId, sender, recipient] = process.argv.slice(2) as string[]
const ledger = await openLedger(path!)
const { messages, close } = messagesOver(ledger)
const caller = {
  sessionId: `ses_${sender}`,
  project: project!,
  directory: project!,
  delegated: false,
  human: false,
  agent: undefined,
  model: undefined,
  member: { agentId: sender!, name: sender!, fleetId: fleetId! },
}
const over = new AbortController()
process.stdin.on("end", () => over.abort()).resume()

const send = async () => {
  const before = performance.now()
  await messages.send(caller, { to_agent_id: recipient!, type: "result", payload: "It passes." })
  return performance.now() - before
}
for (let at = 0; at < 50; at++) await send()
console.log("ready")
const taken: number[] = []
while (!over.signal.aborted) {
  taken.push(await send())
  await new Promise((resolve) => setTimeout(resolve, 10))
}
const report: PacedReport = {
  sent: taken.length,
  p50Ms: percentile(taken, 50),
  p99Ms: percentile(taken, 99),
  worstMs: Math.max(...taken),
}
console.log(JSON.stringify(report))
close()
await ledger.close()
process.exit(0)
