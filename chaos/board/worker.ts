import { openSync, writeSync } from "node:fs"
import { MeshError } from "../../plugin/mesh/model/errors.ts"
import { createLedgerStore } from "../../plugin/system/ledger-store.ts"
import { createRandom } from "../random.ts"
import { fleetId, memberCaller, tasksOver } from "./crew.ts"

/**
 * One process of the proof: `worker.ts <log> <agent> <seed> <share of claims that end in done>`, the ledger
 * in MESHFLEET_LEDGER. It claims at random until nothing is left to do, or until it is killed. What it was
 * told stands in its log.
 */
const [path, agentId, seed, share] = process.argv.slice(2) as [string, string, string, string]
// Nobody is left to judge what it does.
process.stdin.once("close", () => process.exit(0)).resume()

const file = openSync(path, "a")
const random = createRandom(Number(seed))
const ledger = await createLedgerStore(process.env["MESHFLEET_LEDGER"]!).open({
  patienceMs: 60_000,
})
const tasks = tasksOver(ledger)
const me = memberCaller(agentId)
const tell = (line: object) => void writeSync(file, `${JSON.stringify(line)}\n`)

/** What somebody else was faster with, or what was taken away meanwhile. */
const unlessRefused = async <T>(act: () => Promise<T>): Promise<T | "refused"> => {
  try {
    return await act()
  } catch (error) {
    if (error instanceof MeshError && ["TASK_NOT_FREE", "NOT_ALLOWED"].includes(error.code))
      return "refused"
    // Its agent was declared dead, and so is this process.
    if (error instanceof MeshError && error.code === "AGENT_ENDED") process.exit(0)
    throw error
  }
}

for (;;) {
  const { tasks: left } = await tasks.list(me, { fleet_id: fleetId })
  if (left.length === 0) break
  const wanted = random.chance(0.3) ? random.pick(left).task_id : undefined
  const claimed = await unlessRefused(() => tasks.claim(me, wanted))
  if (claimed === "refused") continue
  if (claimed.task === null) {
    // What is left waits for what others have.
    await new Promise((resolve) => setTimeout(resolve, random.between(1, 20)))
    continue
  }
  const { task_id, claims = 1 } = claimed.task
  tell({ task: task_id, claim: claims, agent: agentId })
  if (random.chance(0.2)) await unlessRefused(() => tasks.update(me, { task_id, note: "on it" }))
  const state = random.chance(Number(share)) ? "done" : "open"
  await unlessRefused(() => tasks.update(me, { task_id, state }))
}
await ledger.close()
process.exit(0)
