import type { FleetRow } from "../rows.ts"
import type { Query } from "../../port.ts"

export type OldFleet = Pick<FleetRow, "id" | "name" | "project" | "lead_session"> & {
  ended_at: number
}

const columns = "id, name, project, lead_session, ended_at"

/** Those of a project that ended before an instant, the oldest first, after the one at `after`. */
export const fleetsEndedBefore = (
  db: Query,
  project: string,
  before: number,
  after: Pick<OldFleet, "id" | "ended_at">,
  limit: number,
) =>
  db.all<OldFleet>(
    `SELECT ${columns} FROM fleets WHERE project = ? AND ended_at < ? AND status <> 'running'
       AND pruned_at IS NULL AND (ended_at > ? OR (ended_at = ? AND id > ?))
     ORDER BY ended_at, id LIMIT ?`,
    project,
    before,
    after.ended_at,
    after.ended_at,
    after.id,
    limit,
  )

/** Of all projects: those that somebody has begun to take away. */
export const halfPruned = (db: Query) =>
  db.all<OldFleet>(`SELECT ${columns} FROM fleets WHERE pruned_at IS NOT NULL ORDER BY id`)

export const projectsWithFleets = async (db: Query) =>
  (await db.all<{ project: string }>("SELECT DISTINCT project FROM fleets ORDER BY project")).map(
    ({ project }) => project,
  )

/** Whether any fleet of any project runs. */
export const isAnyRunning = async (db: Query) =>
  (await db.get("SELECT 1 AS found FROM fleets WHERE status = 'running' LIMIT 1")) !== undefined
