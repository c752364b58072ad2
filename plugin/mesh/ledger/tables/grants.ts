import type { Query, Tx } from "../port.ts"
import type { GrantRow } from "./rows.ts"

export const insertGrant = (tx: Tx, grant: GrantRow) =>
  tx.run(
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

export const grantById = (db: Query, id: string) =>
  db.get<GrantRow>("SELECT * FROM grants WHERE id = ?", id)

/** What holds for a fleet: its own grants, and those of its project. */
export const grantsFor = (db: Query, fleet: { id: string; project: string }, permission: string) =>
  db.all<GrantRow>(
    `SELECT * FROM grants WHERE project = ? AND permission = ? AND (fleet_id IS NULL OR fleet_id = ?)
     ORDER BY granted_at, id`,
    fleet.project,
    permission,
    fleet.id,
  )

/** Oldest first. */
export const grantsOfProject = (db: Query, project: string) =>
  db.all<GrantRow>("SELECT * FROM grants WHERE project = ? ORDER BY granted_at, id", project)

/** What a grant names as its question once that is gone. */
export const prunedQuestion = "pruned"

/** A fleet's grants go with it. What a person granted to the project holds on without its question. */
export const forgetGrants = async (tx: Tx, fleet: { id: string; project: string }) => {
  await tx.run("DELETE FROM grants WHERE project = ? AND fleet_id = ?", fleet.project, fleet.id)
  await tx.run(
    `UPDATE grants SET question_id = ? WHERE project = ?
       AND question_id IN (SELECT id FROM questions WHERE fleet_id = ?)`,
    prunedQuestion,
    fleet.project,
    fleet.id,
  )
}

export const deleteGrant = (tx: Tx, id: string) => tx.run("DELETE FROM grants WHERE id = ?", id)
