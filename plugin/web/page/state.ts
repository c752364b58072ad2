import type {
  AgentShown,
  CouncilShown,
  FleetShown,
  Happening,
  Need,
  Overview,
  ProjectShown,
  QuestionShown,
  ReservedShown,
  SpendingPoint,
  TaskShown,
} from "../../mesh/views/shown.ts"

/** What the page knows. */
export interface State {
  /** The ledger's clock ahead of this browser's. */
  skewMs: number
  projects: ProjectShown[]
  fleets: FleetShown[]
  shown: string[]
  agents: Map<string, AgentShown>
  needs: Need[]
  questions: QuestionShown[]
  councils: CouncilShown[]
  tasks: TaskShown[]
  reserved: ReservedShown[]
  spending: SpendingPoint[]
  /** Messages that were sent. */
  letters: Happening[]
  /** All else that happened. */
  turns: Happening[]
  /** Waits for mail that were seen to end: nothing in the history tells of them. */
  mailWaits: Map<string, Stretch[]>
  isFilled: boolean
}

export interface Stretch {
  from: number
  to: number
}

export const emptyState = (): State => ({
  skewMs: 0,
  projects: [],
  fleets: [],
  shown: [],
  agents: new Map(),
  needs: [],
  questions: [],
  councils: [],
  tasks: [],
  reserved: [],
  spending: [],
  letters: [],
  turns: [],
  mailWaits: new Map(),
  isFilled: false,
})

/** An hour of a busy fleet; more would only be drawn over itself. */
const mostHappenings = 6000

/** The state with what has changed. */
export const merge = (state: State, told: Overview, localNow: number): State => {
  const shown = told.shown ?? state.shown
  const agents = new Map([...state.agents].filter(([, agent]) => shown.includes(agent.fleetId)))
  const mailWaits = new Map(state.mailWaits)
  for (const agent of told.agents ?? []) {
    const before = agents.get(agent.id)
    if (before?.waitsSince && before.waitsSince !== agent.waitsSince)
      mailWaits.set(agent.id, [
        ...(mailWaits.get(agent.id) ?? []),
        { from: before.waitsSince, to: told.now },
      ])
    agents.set(agent.id, agent)
  }
  return {
    skewMs: told.now - localNow,
    projects: told.projects ?? state.projects,
    fleets: told.fleets ?? state.fleets,
    shown,
    agents: told.agents || told.shown ? agents : state.agents,
    needs: told.needs ?? state.needs,
    questions: told.questions ?? state.questions,
    councils: told.councils ?? state.councils,
    tasks: told.tasks ?? state.tasks,
    reserved: told.reserved ?? state.reserved,
    spending: told.spending ?? state.spending,
    letters: added(state.letters, told, shown, (each) => each.type === "message.sent"),
    turns: added(state.turns, told, shown, (each) => each.type !== "message.sent"),
    mailWaits,
    isFilled: true,
  }
}

/** The same list where there is nothing new. */
const added = (
  known: Happening[],
  told: Overview,
  shown: readonly string[],
  isWanted: (each: Happening) => boolean,
) => {
  const kept = told.shown ? known.filter(({ fleetId }) => shown.includes(fleetId)) : known
  const fresh = told.happenings?.filter(isWanted) ?? []
  if (fresh.length === 0) return kept
  const isInOrder = fresh[0]!.seq > (kept.at(-1)?.seq ?? 0)
  const all = isInOrder ? [...kept, ...fresh] : inOrderOnce([...kept, ...fresh])
  return all.length > mostHappenings ? all.slice(-mostHappenings) : all
}

const inOrderOnce = (items: Happening[]) => {
  const bySeq = new Map(items.map((each) => [each.seq, each]))
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq)
}

/** In the order of their fleets, as they were spawned. */
export const agentsOf = ({ agents, shown }: State): AgentShown[] =>
  [...agents.values()].toSorted(
    (a, b) => shown.indexOf(a.fleetId) - shown.indexOf(b.fleetId) || a.position - b.position,
  )

/** Those who need somebody on top, in the order of their needs, then the others as they were spawned. */
export const mostUrgentFirst = (state: State): AgentShown[] => {
  const agents = new Map(agentsOf(state).map((agent) => [agent.id, agent]))
  const inNeed = state.needs.flatMap(({ agentId }) => agents.get(agentId ?? "") ?? [])
  return [...new Set([...inNeed, ...agents.values()])]
}

export const matches = (agent: AgentShown, search: string): boolean => {
  if (search === "") return true
  const text = `${agent.name} ${agent.role} ${agent.agent ?? ""} ${agent.model ?? ""} ${agent.state} ${agent.doing}`
  return text.toLowerCase().includes(search.toLowerCase())
}

/** How many messages went from whom to whom. The lead of a fleet is `lead:<fleet>`. */
export const talk = (letters: readonly Happening[]) => {
  const pairs = new Map<string, { from: string; to: string; count: number; lastAt: number }>()
  for (const each of letters) {
    const from = senderOf(each)
    for (const recipient of each.to) {
      const to = nodeOf(recipient, each.fleetId)
      const key = `${from} ${to}`
      const pair = pairs.get(key) ?? { from, to, count: 0, lastAt: 0 }
      pair.count++
      pair.lastAt = each.at
      pairs.set(key, pair)
    }
  }
  return [...pairs.values()]
}

export const leadOf = (fleetId: string) => `lead:${fleetId}`
export const senderOf = ({ agentId, fleetId }: Happening) => agentId ?? leadOf(fleetId)
export const nodeOf = (recipient: string, fleetId: string) =>
  recipient === "lead" || recipient.startsWith("lead:") ? leadOf(fleetId) : recipient

/** All that happened, the newest last. */
export const historyOf = ({ letters, turns }: State, most: number): Happening[] =>
  [...letters.slice(-most), ...turns.slice(-most)].toSorted((a, b) => a.seq - b.seq).slice(-most)
