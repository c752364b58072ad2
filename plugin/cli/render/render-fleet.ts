import { type Budget, renderSpent, type ShownSpent } from "../../mesh/lifecycle/budget.ts"
import { renderDuration } from "./render-duration.ts"
import { type Column, renderTable } from "./render-table.ts"
import { cutTo, oneLine } from "./render-text.ts"

/** As `fleet_status` answers. */
export interface FleetStatus {
  fleet: {
    fleet_id: string
    name: string
    status: string
    isolation: string
    max_parallel: number
    created_at: string
    completed_at?: string
    timeout_at?: string
    board?: string
    budget?: Budget
    spent?: ShownSpent
  }
  agents: readonly AgentStatus[]
}

export interface AgentStatus {
  agent_id: string
  name: string
  role: string
  status: string
  pid: number | null
  host_alive: boolean
  attempts: number
  activity: string | null
  age_ms: number
  tokens: number
  /** Null where the price is unknown. */
  cost_usd: number | null
  unread: number
  blocked_on: string | null
  /** Of the provider it waits for. */
  rest?: { provider: string; until: string; reason: string }
  /** What a person is asked for it. */
  question_id?: string
  queue_place?: number
  /** Of a stalled agent: since its last sign of activity. */
  silent_ms?: number
  error?: { code: string; detail: string | null }
  branch?: string
  changed?: boolean
  commits?: number
  uncommitted?: number
}

/** As `list_fleets` answers. */
export interface FleetSummary {
  fleet_id: string
  name: string
  status: string
  created_at: string
  completed_at?: string
  agent_count: number
  agents_queued: number
  agents_running: number
  agents_complete: number
  agents_failed: number
  agents_cancelled: number
}

// Made once: looking the language up takes longer than all else in a line.
const grouped = new Intl.NumberFormat("en-US")

const right = true as const
const agentColumns: readonly Column[] = [
  { title: "AGENT" },
  { title: "STATUS" },
  { title: "TIME", right },
  { title: "TRY", right },
  { title: "PID", right },
  { title: "TOKENS", right },
  { title: "COST", right },
  { title: "UNREAD", right },
  { title: "DOING" },
]

/** How a fleet stands as a whole, in one line. */
export const renderFleetHead = ({ fleet }: Pick<FleetStatus, "fleet">, at: number) => {
  const endedAt = fleet.completed_at === undefined ? at : Date.parse(fleet.completed_at)
  const spent = fleet.spent ? renderSpent(fleet.budget, fleet.spent) : ""
  return [
    `${fleet.fleet_id}  ${oneLine(fleet.name)}: ${fleet.status}`,
    `${fleet.completed_at === undefined ? "for" : "after"} ${renderDuration(endedAt - Date.parse(fleet.created_at))}`,
    `isolation ${fleet.isolation}, ${fleet.max_parallel} at once`,
    ...(fleet.timeout_at !== undefined && fleet.completed_at === undefined
      ? [`timeout in ${renderDuration(Date.parse(fleet.timeout_at) - at)}`]
      : []),
    ...(fleet.board ? [`tasks: ${fleet.board}`] : []),
    ...(spent ? [`used ${spent}`] : []),
  ].join("  ·  ")
}

/** One fleet with its agents, as lines no wider than `width`. */
export const renderFleet = (status: FleetStatus, at: number, width = Infinity): string[] => [
  cutTo(renderFleetHead(status, at), width),
  ...renderAgents(status.agents, at, width),
]

/** A head, and one line for each. */
export const renderAgents = (agents: readonly AgentStatus[], at: number, width = Infinity) => {
  const rows = agents.map((agent) => [
    agent.name,
    statusOf(agent),
    agent.status === "queued" && agent.attempts === 0 ? "" : renderDuration(agent.age_ms),
    agent.attempts > 0 ? String(agent.attempts) : "",
    agent.pid !== null && agent.host_alive ? String(agent.pid) : "",
    agent.tokens > 0 ? grouped.format(agent.tokens) : "",
    agent.cost_usd ? `$${agent.cost_usd.toFixed(agent.cost_usd < 1 ? 4 : 2)}` : "",
    agent.unread > 0 ? String(agent.unread) : "",
    doing(agent, at),
  ])
  return renderTable(agentColumns, rows, width)
}

const statusOf = (agent: AgentStatus) =>
  agent.status === "queued" && agent.queue_place !== undefined
    ? `queued #${agent.queue_place}`
    : standingOf(agent)

/** Its status; one that runs and needs somebody for that is not said to run. */
export const standingOf = ({ status, question_id, silent_ms }: AgentStatus) => {
  if (status !== "running") return status
  if (question_id) return "asks"
  return silent_ms === undefined ? status : "silent"
}

const doing = (agent: AgentStatus, at: number) => {
  const isAtWork = agent.status === "running" || agent.status === "starting"
  // A second try keeps the first one's error until it ends.
  if (agent.error && !isAtWork)
    return [agent.error.code, agent.error.detail].filter(Boolean).join(": ")
  if (agent.question_id) return `${agent.question_id} waits for ${agent.blocked_on}`
  if (agent.rest) {
    const { provider, until, reason } = agent.rest
    return `waits for ${provider}, ${renderDuration(Date.parse(until) - at)} more: ${reason}`
  }
  if (agent.blocked_on) return `waits for ${agent.blocked_on}`
  if (agent.status === "running" && !agent.host_alive) return "its host is gone"
  if (agent.silent_ms !== undefined)
    return `silent for ${renderDuration(agent.silent_ms)}: ${agent.activity ?? ""}`
  if (agent.changed)
    return `left ${several(agent.commits, "commit")}, ${several(agent.uncommitted, "uncommitted file")} on ${agent.branch}`
  return agent.activity ?? ""
}

const several = (count: number | undefined, what: string) =>
  `${count ?? 0} ${what}${count === 1 ? "" : "s"}`

const fleetColumns: readonly Column[] = [
  { title: "FLEET" },
  { title: "NAME" },
  { title: "STATUS" },
  { title: "STARTED", right },
  { title: "TOOK", right },
  { title: "AGENTS" },
]

/** The fleets of a project, one line each. */
export const renderFleets = (fleets: readonly FleetSummary[], at: number, width = Infinity) =>
  renderTable(
    fleetColumns,
    fleets.map((fleet) => {
      const createdAt = Date.parse(fleet.created_at)
      const endedAt = fleet.completed_at === undefined ? at : Date.parse(fleet.completed_at)
      return [
        fleet.fleet_id,
        fleet.name,
        fleet.status,
        `${renderDuration(at - createdAt)} ago`,
        renderDuration(endedAt - createdAt),
        `${fleet.agent_count}: ${counts(fleet)}`,
      ]
    }),
    width,
  )

const counts = (fleet: FleetSummary) =>
  (["running", "queued", "complete", "failed", "cancelled"] as const)
    .flatMap((status) =>
      fleet[`agents_${status}`] > 0 ? [`${fleet[`agents_${status}`]} ${status}`] : [],
    )
    .join(", ")
