import type { Database } from "./driver.ts"
import type { AttemptRow } from "./rows.ts"

/** Oldest first. */
export const attemptsOf = (db: Database, agentId: string) =>
  db.all<AttemptRow>("SELECT * FROM attempts WHERE agent_id = ? ORDER BY attempt", agentId)
