import { join } from "node:path"
import { errorText } from "../../plugin/mesh/model/errors.ts"
import { mapInOrder } from "../../plugin/mesh/model/in-order.ts"
import { processStart } from "../../plugin/system/processes.ts"
import { backgroundKinds } from "../../test/support/background-kinds.ts"
import { createArena, type Played } from "../arena.ts"

const kinds = Object.entries(backgroundKinds)
/** A host has a second to end its children, its supervisor two. */
const patienceMs = 5000

/** Agents leave processes behind in every way we know; one host ends in order, one is killed. */
export const playSurvivors = async (log: (line: string) => void): Promise<Played> => {
  const arena = await createArena({
    settings: { linger_ms: 1000 },
    agents: {
      lead: [
        {
          toolCalls: [
            {
              name: "spawn_fleet",
              args: {
                isolation: "process",
                agents: ["orderly", "killed"].map((name) => ({ name, role: name, prompt: "Go." })),
              },
            },
          ],
        },
        ({ lastToolResult: { fleet_id } }) => ({
          toolCalls: [{ name: "collect_results", args: { fleet_id, wait_seconds: 300 } }],
        }),
        { text: "Read." },
      ],
    },
  })
  const { world } = arena
  const violations: string[] = []
  const filesOf = (name: string) => kinds.map((_, at) => join(world.folder, `${name}-${at}`))
  const leave = (name: string) =>
    kinds.map(([, command], at) => command(filesOf(name)[at]!)).join("\n")
  const pidsOf = (name: string) =>
    mapInOrder(filesOf(name), async (file) => Number(await world.untilFile(file)))
  const untilNoneOf = async (when: string, pids: readonly number[]) => {
    const survivors = () => kinds.filter((_, at) => processStart(pids[at]!) !== undefined)
    const giveUpAt = Date.now() + patienceMs
    while (survivors().length > 0 && Date.now() < giveUpAt)
      await new Promise((resolve) => setTimeout(resolve, 50))
    violations.push(...survivors().map(([kind]) => `${when}, this is still there: ${kind}`))
    for (const pid of pids) if (processStart(pid) !== undefined) process.kill(pid, "SIGKILL")
  }
  const bash = (command: string) => ({
    toolCalls: [{ name: "bash", args: { command, description: "Leave" } }],
  })
  const gate = world.gate("killed")
  world.model.script("orderly", [bash(leave("orderly")), { text: "Left." }])
  world.model.script("killed", [bash(`${leave("killed")}\n${gate.command}`), { text: "Left." }])
  try {
    const lead = arena.open("lead")
    await arena.untilReached("killed")
    await world.untilAgent("orderly", "complete")
    const [orderly, killed] = [await pidsOf("orderly"), await pidsOf("killed")]
    log(`${orderly.length + killed.length} processes left in the background`)
    const busy = (await arena.busyHosts()).find(({ agents }) =>
      agents.some(({ name }) => name === "killed"),
    )
    await arena.strike(busy!.host.pid, "killed")
    await world.until("the loss of the host", (own) =>
      own.read((db) => db.get("SELECT seq FROM events WHERE type = 'host.lost'")),
    )
    await untilNoneOf("after its host was killed", killed)
    await lead.ended
    await world.untilGone(20_000)
    await untilNoneOf("after its fleet's end", orderly)
  } catch (error) {
    violations.push(errorText(error))
  }
  return { world, strikes: arena.strikes, ends: arena.ends, violations, endedAt: Date.now() }
}
