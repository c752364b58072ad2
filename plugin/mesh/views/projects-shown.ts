import type { Query } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { messageById } from "../ledger/tables/messages.ts"
import { questionById } from "../ledger/tables/questions.ts"
import type { ProjectShown } from "./shown.ts"

/** More in a list nobody looks at. */
const mostProjects = 100

/** The projects that have a fleet in this ledger, that with the newest first. */
export const projectsOf = async (db: Query): Promise<ProjectShown[]> => {
  const rows = await db.all<{ project: string; fleets: number; running: number }>(
    `SELECT project, count(*) AS fleets,
       sum(CASE WHEN status = 'running' THEN 1 ELSE 0 END) AS running
     FROM fleets WHERE pruned_at IS NULL
     GROUP BY project ORDER BY max(created_at) DESC, project LIMIT ?`,
    mostProjects,
  )
  const asking = new Map(
    (
      await db.all<{ project: string; questions: number }>(
        `SELECT f.project, count(*) AS questions FROM fleets f CROSS JOIN questions q
         WHERE f.status = 'running' AND q.fleet_id = f.id AND q.state = 'open'
         GROUP BY f.project`,
      )
    ).map(({ project, questions }) => [project, Number(questions)]),
  )
  return rows.map(({ project, fleets, running }) => ({
    project,
    fleets: Number(fleets),
    running: Number(running),
    questions: asking.get(project) ?? 0,
  }))
}

/** What somebody acts on, by what they name of it. */
export type Subject = { kind: "fleet" | "agent" | "question" | "message"; id: string }

/** The project that it belongs to; undefined for what is not there. */
export const projectOfSubject = async (db: Query, { kind, id }: Subject) => {
  const fleetId =
    kind === "fleet"
      ? id
      : kind === "agent"
        ? (await agentById(db, id))?.fleet_id
        : kind === "question"
          ? (await questionById(db, id))?.fleet_id
          : (await messageById(db, id))?.fleet_id
  return fleetId === undefined ? undefined : (await fleetById(db, fleetId))?.project
}
