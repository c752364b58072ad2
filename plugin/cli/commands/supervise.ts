import { fleetById, unsettledFleets } from "../../mesh/ledger/tables/fleets.ts"
import { type FleetStatus, isEnded } from "../../mesh/model/agent.ts"
import { agentsOfFleet } from "../../mesh/ledger/tables/agents.ts"
import { defineCommand, json } from "../define/command.ts"
import type { Mesh } from "../mesh/open-mesh.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { superviseOutputs } from "../outputs/fleets.ts"
import { print, printJson, type Terminal } from "../terminal/terminal.ts"
import { untilInterrupted } from "../terminal/until-interrupted.ts"

/** How often a lease that somebody else holds is tried for. */
const tryMs = 1000

export const supervise = defineCommand({
  name: "supervise",
  summary: "Supervise this project's fleets from here, until nothing is left to do or Ctrl-C",
  usage: ["supervise [fleet] [--json]"],
  options: { json: { ...json, help: "One line of JSON for each change instead of text" } },
  outputs: superviseOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [wanted] }, context) {
    context.refuseInsideAgent()
    const { terminal } = context
    const mesh = await context.mesh()
    const { ledger, supervisor, changes } = mesh.meshProcess
    const only =
      wanted === undefined
        ? undefined
        : (await ledger.read((db) => requireFleetOf(db, mesh.project, wanted))).id
    const say = createSayings(mesh, values.json ? tellJson(terminal) : tellText(terminal))
    const look = async () => {
      const open = (await ledger.read((db) => unsettledFleets(db, mesh.project)))
        .filter(({ id }) => only === undefined || id === only)
        .map(({ id }) => id)
      for (const id of open) void supervisor.supervise(id)
      const newer = supervisor.leftBehind()
      if (newer) throw newer
      return (await say(open)) ? undefined : true
    }
    const failed = Promise.withResolvers<never>()
    const timer = setInterval(() => void look().catch(failed.reject), tryMs)
    try {
      const settled = await Promise.race([
        untilInterrupted(changes, terminal.interrupted, look),
        failed.promise,
      ])
      if (values.json)
        return printJson(terminal, superviseOutputs.line, {
          kind: "end",
          reason: settled ? "settled" : "interrupted",
        })
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

interface Standing {
  fleet_id: string
  name: string
  supervised: "here" | "elsewhere" | "settled"
  open: number
  agents: number
  status: FleetStatus
}

const tellJson = (terminal: Terminal) => (standing: Standing) =>
  printJson(terminal, superviseOutputs.line, { kind: "fleet", ...standing })

const tellText =
  (terminal: Terminal) =>
  ({ fleet_id, name, supervised, open, agents, status }: Standing) => {
    const left = open > 0 ? `${open} of ${agents} agents open` : "its hosts are ending"
    const how =
      supervised === "settled" ? `settled, ${status}` : `supervised ${supervised}, ${left}`
    print(terminal, `${fleet_id}  ${name}: ${how}`)
  }

/** Says what changed about who supervises what, and answers whether anything is left. */
const createSayings = ({ meshProcess }: Mesh, tell: (standing: Standing) => void) => {
  const { ledger, supervisor } = meshProcess
  const told = new Map<string, string>()
  const say = async (id: string, supervised: Standing["supervised"]) => {
    const { fleet, agents } = await ledger.read(async (db) => ({
      fleet: await fleetById(db, id),
      agents: await agentsOfFleet(db, id),
    }))
    if (!fleet) return
    const { name, status } = fleet
    const open = agents.filter((agent) => !isEnded(agent.status)).length
    // Which of its agents are open is no news once it has ended, nor its status before.
    const known = supervised === "settled" ? supervised : `${supervised} ${open}`
    if (told.get(id) === known) return
    told.set(id, known)
    tell({ fleet_id: id, name, supervised, open, agents: agents.length, status })
  }
  return async (unsettled: readonly string[]): Promise<boolean> => {
    for (const id of unsettled) await say(id, supervisor.holds(id) ? "here" : "elsewhere")
    for (const id of told.keys()) if (!unsettled.includes(id)) await say(id, "settled")
    return unsettled.length > 0
  }
}
