import type { Database } from "./driver.ts"
import type { GrantRow } from "./rows.ts"

export const insertGrant = (db: Database, grant: GrantRow) =>
  db.run(
    `INSERT INTO grants (id, project, fleet_id, permission, pattern, exact, question_id, granted_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    grant.id,
    grant.project,
    grant.fleet_id,
    grant.permission,
    grant.pattern,
    grant.exact,
    grant.question_id,
    grant.granted_at,
  )

export const grantById = (db: Database, id: string) =>
  db.get<GrantRow>("SELECT * FROM grants WHERE id = ?", id)

/** What holds for a fleet: its own grants, and those of its project. */
export const grantsFor = (
  db: Database,
  fleet: { id: string; project: string },
  permission: string,
) =>
  db.all<GrantRow>(
    `SELECT * FROM grants WHERE project = ? AND permission = ? AND (fleet_id IS NULL OR fleet_id = ?)
     ORDER BY granted_at, id`,
    fleet.project,
    permission,
    fleet.id,
  )

/** Oldest first. */
export const grantsOfProject = (db: Database, project: string) =>
  db.all<GrantRow>("SELECT * FROM grants WHERE project = ? ORDER BY granted_at, id", project)

export const deleteGrant = (db: Database, id: string) =>
  db.run("DELETE FROM grants WHERE id = ?", id)
