import type { IsAlive } from "../access.ts"
import type { Ledger, Query } from "../ledger/port.ts"
import { coolDowns } from "../ledger/tables/cooldowns.ts"
import { fleetsOfProject, newestFleets } from "../ledger/tables/fleets.ts"
import { openHosts } from "../ledger/tables/hosts.ts"
import type { FleetRow } from "../ledger/tables/rows.ts"
import { sessionById } from "../ledger/tables/sessions.ts"
import { mapInOrder } from "../model/in-order.ts"
import { createTeller } from "../streams/history.ts"
import { briefAgents, showAgent } from "./agents-shown.ts"
import { councilsOf } from "./councils-shown.ts"
import { createFleetSums } from "./fleets-shown.ts"
import { happeningsAfter } from "./happenings.ts"
import { needsOf } from "./needs.ts"
import { projectsOf } from "./projects-shown.ts"
import { questionsOf } from "./questions-shown.ts"
import { reservedIn } from "./reserved-shown.ts"
import type { AgentShown, Overview } from "./shown.ts"
import { spendingOf } from "./spending.ts"
import { shownTasks } from "./tasks-shown.ts"

export interface OverviewDeps {
  ledger: Pick<Ledger, "read">
  now: () => number
  isAlive: IsAlive
}

export interface Chosen {
  /** Undefined: all of the ledger's. */
  project: string | undefined
  /** None: those that run. */
  fleets: readonly string[]
}

/** More in a list nobody looks at. */
const mostFleets = 100
/** As many at once as a page has room for; more running ones are to be chosen by hand. */
const mostShown = 8

/**
 * One reader's look at a project, or at all: what it shows, and then what has changed since the last
 * look. Without chosen fleets those that run are shown, or else the newest.
 */
export const createOverview = (
  { ledger, now, isAlive }: OverviewDeps,
  { project, fleets: chosen }: Chosen,
) => {
  const teller = createTeller()
  const cursors = new Map<string, number>()
  const sent = new Map<string, string>()
  const showFleets = createFleetSums()

  /** What is not as it was told last. */
  const isNews = (key: string, value: unknown) => {
    const text = JSON.stringify(value)
    if (sent.get(key) === text) return false
    sent.set(key, text)
    return true
  }

  const look = async (db: Query): Promise<Overview> => {
    const at = now()
    const rows =
      project === undefined
        ? await newestFleets(db, mostFleets)
        : await fleetsOfProject(db, project, null, mostFleets)
    const shown = shownOf(rows, chosen)
    const details = await mapInOrder(
      rows.filter(({ id, status }) => status === "running" || shown.includes(id)),
      async (fleet) => ({
        fleet,
        agents: await briefAgents(db, fleet.id),
        isCarried: fleet.status !== "running" || (await hasProcess(db, fleet, isAlive)),
      }),
    )
    const visible = details.filter(({ fleet }) => shown.includes(fleet.id))
    const agents = visible.flatMap(({ agents }) => agents.map(showAgent))
    const questions = await questionsOf(db, project)
    const councils = (
      await mapInOrder(details, async ({ fleet }) => councilsOf(db, fleet.id, at))
    ).flat()
    const told: Overview = { now: at }
    const projects = await projectsOf(db)
    if (isNews("projects", projects)) told.projects = projects
    const fleets = await showFleets(db, rows, at)
    if (isNews("fleets", fleets)) told.fleets = fleets
    if (isNews("shown", shown)) told.shown = shown
    const changed = agents.filter((agent) => isNews(`agent ${agent.id}`, agent))
    if (changed.length > 0) told.agents = changed
    const cooling = await coolDowns(db)
    const needs = needsOf({ at, fleets: details, questions, councils, coolDowns: cooling })
    if (isNews("needs", needs)) told.needs = needs
    if (isNews("questions", questions)) told.questions = questions
    if (isNews("councils", councils)) told.councils = councils
    const tasks = (
      await mapInOrder(visible, ({ fleet, agents }) => shownTasks(db, fleet.id, namesOf(agents)))
    ).flat()
    if (isNews("tasks", tasks)) told.tasks = tasks
    const reserved = (
      await mapInOrder(visible, ({ fleet, agents }) => reservedIn(db, fleet, namesOf(agents), at))
    ).flat()
    if (isNews("reserved", reserved)) told.reserved = reserved
    const happenings = (
      await mapInOrder(visible, async ({ fleet: { id } }) => {
        const found = await happeningsAfter(db, teller, id, cursors.get(id) ?? 0)
        cursors.set(id, found.at(-1)?.seq ?? cursors.get(id) ?? 0)
        return found
      })
    )
      .flat()
      .toSorted((a, b) => a.seq - b.seq)
    if (happenings.length > 0) told.happenings = happenings
    const sums = `${shown.join()} ${agents.map(sumOf).join()}`
    if (isNews("sums", sums)) {
      const from = Math.min(at, ...visible.map(({ fleet }) => fleet.created_at))
      told.spending = await spendingOf(db, shown, from, at)
    }
    return told
  }

  return {
    /** Undefined when nothing has changed. */
    async news(): Promise<Overview | undefined> {
      const told = await ledger.read(look)
      return Object.keys(told).length > 1 ? told : undefined
    },
  }
}

const namesOf = (agents: readonly { id: string; name: string }[]) => (agentId: string) =>
  agents.find(({ id }) => id === agentId)?.name ?? agentId

const sumOf = ({ tokens, costUsd }: AgentShown) => `${tokens}/${costUsd}`

const shownOf = (rows: readonly FleetRow[], chosen: readonly string[]) => {
  const known = rows.map(({ id }) => id)
  const wanted = chosen.filter((id) => known.includes(id))
  if (wanted.length > 0) return wanted.slice(0, mostShown)
  const running = rows.filter(({ status }) => status === "running").map(({ id }) => id)
  return (running.length > 0 ? running : known.slice(0, 1)).slice(0, mostShown)
}

/** Whether anybody is there who would carry it on: its lead, or one of its hosts. */
const hasProcess = async (db: Query, fleet: FleetRow, isAlive: IsAlive) => {
  const lead = await sessionById(db, fleet.lead_session)
  if (lead && isAlive(lead)) return true
  const hosts = await openHosts(db, fleet.id)
  return hosts.some(
    ({ pid, process_start, created_at, status }) =>
      (pid !== null && process_start !== null && isAlive({ pid, process_start })) ||
      (status === "starting" && pid === null && created_at > 0),
  )
}
