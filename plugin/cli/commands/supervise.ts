import { fleetById, unsettledFleets } from "../../mesh/ledger/tables/fleets.ts"
import { isEnded } from "../../mesh/model/agent.ts"
import { agentsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { defineCommand } from "../define/command.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { print } from "../terminal/terminal.ts"
import { untilInterrupted } from "../terminal/until-interrupted.ts"

/** How often a lease that somebody else holds is tried for. */
const tryMs = 1000

export const supervise = defineCommand({
  name: "supervise",
  summary: "Supervise this project's fleets from here, until nothing is left to do or Ctrl-C",
  usage: ["supervise [fleet]"],
  options: {},
  takes: { least: 0, most: 1 },
  async run({ positionals: [wanted] }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const mesh = await context.mesh()
    const { ledger, supervisor, changes } = mesh.meshProcess
    const only =
      wanted === undefined
        ? undefined
        : (await ledger.read((db) => requireFleetOf(db, mesh.project, wanted))).id
    const say = createSayings(mesh, (line) => print(terminal, line))
    const look = async () => {
      const open = (await ledger.read((db) => unsettledFleets(db, mesh.project)))
        .filter(({ id }) => only === undefined || id === only)
        .map(({ id }) => id)
      for (const id of open) void supervisor.supervise(id)
      return (await say(open)) ? undefined : true
    }
    const timer = setInterval(() => void look(), tryMs)
    try {
      const settled = await untilInterrupted(changes, terminal.interrupted, look)
      print(
        terminal,
        settled
          ? "Nothing is left to supervise."
          : "Leases released; the agents go on by themselves.",
      )
    } finally {
      clearInterval(timer)
    }
  },
})

/** Says what changed about who supervises what, and answers whether anything is left. */
const createSayings = ({ meshProcess }: Mesh, print: (line: string) => void) => {
  const told = new Map<string, string>()
  const say = async (id: string, text: string) => {
    if (told.get(id) === text) return
    told.set(id, text)
    const fleet = await meshProcess.ledger.read((db) => fleetById(db, id))
    print(`${id}  ${fleet?.name ?? ""}: ${text}`)
  }
  const standing = async (id: string) => {
    const agents = await meshProcess.ledger.read((db) => agentsOfFleet(db, id))
    const open = agents.filter((agent) => !isEnded(agent.status)).length
    return open > 0 ? `${open} of ${agents.length} agents open` : "its hosts are ending"
  }
  return async (open: readonly string[]): Promise<boolean> => {
    for (const id of open)
      await say(
        id,
        `${meshProcess.supervisor.holds(id) ? "supervised here" : "supervised elsewhere"}, ${await standing(id)}`,
      )
    for (const id of told.keys())
      if (!open.includes(id))
        await say(
          id,
          `settled, ${await meshProcess.ledger.read(async (db) => (await fleetById(db, id))?.status)}`,
        )
    return open.length > 0
  }
}
