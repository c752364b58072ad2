import { fleetStatusOf, nameFromRole, uniqueName } from "../../model/agent.ts"
import { leadName } from "../../model/message.ts"
import { councilRows } from "./councils.ts"
import type { AgentMesh, TheirAgent } from "./format.ts"
import { mailRows } from "./mail.ts"
import type { Converted, Happened, Leave, LeftOut, NewRow, TheirFleet } from "./new-rows.ts"

/** Whose its fleets are from now on. */
export interface NewHome {
  project: string
  directory: string
  leadSession: string
  opencode: string
  at: number
}

/** Their ledger as rows of ours: fleets that have ended, with their answers, mail, receipts and votes. */
export const convert = (source: AgentMesh, home: NewHome): Converted => {
  const leftOut: LeftOut = {}
  const leave: Leave = (what, count = 1) => {
    if (count > 0) leftOut[what] = (leftOut[what] ?? 0) + count
  }
  const fleets = fleetsOf(source, leave)
  const rows: NewRow[] = []
  const events: Happened[] = []
  for (const fleet of fleets.values()) addFleet(fleet, home, rows, events)
  const mail = mailRows(source, fleets, leave)
  const councils = councilRows(source, fleets, mail.times, home.at, leave)
  events.push(...mail.events, ...councils.events)
  leave("registered capabilities", Object.keys(source.capabilities ?? {}).length)
  leave("templates", Object.keys(source.templates ?? {}).length)
  const history = events
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, type, fleetId, agentId, data }, index) => ({
      table: "events",
      row: {
        ...{ seq: index + 1, at, type, fleet_id: fleetId, agent_id: agentId ?? null },
        data: JSON.stringify(data ?? {}),
      },
    }))
  return { rows: [...rows, ...mail.rows, ...councils.rows, ...history], leftOut }
}

const fleetsOf = (source: AgentMesh, leave: Leave) => {
  const agents = Map.groupBy(Object.values(source.agents), ({ fleet_id }) => fleet_id)
  const known = new Set(Object.values(source.fleets).map(({ id }) => id))
  for (const [fleetId, { length }] of agents)
    if (!known.has(fleetId)) leave("agents of a fleet that is not there", length)
  const fleets = new Map<string, TheirFleet>()
  for (const { id, created_at, completed_at } of Object.values(source.fleets)) {
    const members = agents.get(id) ?? []
    if (members.length === 0) {
      leave("fleets without agents")
      continue
    }
    const times = members.flatMap(({ started_at, completed_at: ended }) => [started_at, ended])
    const known = times.filter((each) => each !== null)
    fleets.set(id, {
      id,
      createdAt: Math.min(created_at, ...known),
      endedAt: Math.max(created_at, completed_at ?? 0, ...known),
      agents: new Map(members.map((each) => [each.id, each])),
    })
  }
  return fleets
}

const addFleet = (fleet: TheirFleet, home: NewHome, rows: NewRow[], events: Happened[]) => {
  const { id, createdAt, endedAt } = fleet
  const name = `agent-mesh ${id.slice(0, 8)}`
  const agents = [...fleet.agents.values()].map((agent) => ({ agent, end: endOf(agent) }))
  const status = fleetStatusOf(agents.map(({ end }) => end.status))
  rows.push({
    table: "fleets",
    row: {
      ...{ id, name, project: home.project, directory: home.directory },
      ...{ lead_session: home.leadSession, lead_rules: "[]", opencode: home.opencode },
      ...{ status, isolation: "auto", max_parallel: 1, host_limit: 1 },
      ...{ created_at: createdAt, ended_at: endedAt, ran_ms: endedAt - createdAt },
      // Nobody waits for its results any more.
      collected_at: home.at,
    },
  })
  events.push({ at: createdAt, type: "fleet.created", fleetId: id, data: { name } })
  const taken = new Set<string>([leadName])
  for (const [position, each] of agents.entries())
    addAgent(fleet, { ...each, position, taken }, home, rows, events)
  events.push({ at: endedAt, type: "fleet.ended", fleetId: id, data: { status } })
}

const addAgent = (
  fleet: TheirFleet,
  {
    agent,
    end,
    position,
    taken,
  }: {
    agent: TheirAgent
    end: ReturnType<typeof endOf>
    position: number
    taken: Set<string>
  },
  home: NewHome,
  rows: NewRow[],
  events: Happened[],
) => {
  const name = uniqueName(nameFromRole(agent.role), taken)
  taken.add(name)
  const { status, output, partial, failure } = end
  const started = agent.started_at
  const ended = Math.max(agent.completed_at ?? fleet.endedAt, started ?? 0)
  const attempts = started === null ? 0 : 1
  rows.push({
    table: "agents",
    row: {
      ...{ id: agent.id, fleet_id: fleet.id, position, name, role: lineOf(agent.role) || name },
      ...{ agent: specialistOf(agent), model: agent.runtime_model, prompt: agent.prompt },
      ...{ directory: home.directory, status, attempts, generation: attempts },
      ...{ output, partial, error_code: failure?.code ?? null },
      error_detail: failure?.detail ?? null,
      ...{ created_at: fleet.createdAt, started_at: started, ended_at: ended },
    },
  })
  if (started !== null)
    rows.push({
      table: "attempts",
      row: {
        ...{ agent_id: agent.id, attempt: 1, started_at: started, ended_at: ended },
        cause: failure ? `${failure.code}: ${failure.detail}` : "complete",
      },
    })
  if (output !== null)
    rows.push({
      table: "outputs",
      row: { agent_id: agent.id, generation: attempts, output, at: ended },
    })
  events.push({
    ...{ at: ended, type: `agent.${status}`, fleetId: fleet.id, agentId: agent.id },
    data: failure ? { ...failure } : {},
  })
}

/** What they left at work has ended there, whenever that was. */
const endOf = ({ status, output, error }: TheirAgent) => {
  if (status === "complete")
    return { status: "complete" as const, output: output ?? "", partial: null, failure: undefined }
  const failure =
    status === "failed"
      ? { code: "SESSION_ERROR", detail: error || "agent-mesh has kept no reason" }
      : { code: "HOST_LOST", detail: error || `agent-mesh has kept it as ${status}` }
  return { status: "failed" as const, output: null, partial: output, failure }
}

/** It names a specialist by its file. */
const specialistOf = ({ agent_file: file }: TheirAgent) =>
  file === null ? null : lineOf(file.replace(/^.*[\\/]/, "").replace(/\.md$/, "")) || null

const longestLine = 200

const lineOf = (text: string) =>
  text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .trim()
    .slice(0, longestLine)
    .toWellFormed()
