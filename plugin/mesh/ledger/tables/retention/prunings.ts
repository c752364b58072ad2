import { hasChanged } from "../has-changed.ts"
import type { Query, Tx } from "../../port.ts"

/**
 * Claims the pruning of a project's history for this process. False when somebody did it less than
 * `everyMs` ago; an instant that lies ahead is of a clock that was set back, and claims nothing.
 */
export const claimPruning = (tx: Tx, project: string, everyMs: number) =>
  hasChanged(
    tx.run(
      `INSERT INTO prunings (project, begun_at) VALUES (?, ?)
       ON CONFLICT (project) DO UPDATE SET begun_at = excluded.begun_at
       WHERE prunings.begun_at <= ? OR prunings.begun_at > ?`,
      project,
      tx.at,
      tx.at - everyMs,
      tx.at,
    ),
  )

/** How long ago somebody began; infinite when nobody did. */
export const sincePruning = async (db: Query, project: string, at: number) => {
  const row = await db.get<{ begun_at: number }>(
    "SELECT begun_at FROM prunings WHERE project = ?",
    project,
  )
  return row && row.begun_at <= at ? at - row.begun_at : Infinity
}
