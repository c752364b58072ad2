import type { Query, Tx } from "../port.ts"

/** A provider's rest, from its beginning until it answers somebody again. */
export interface CoolDown {
  provider: string
  since: number
  until: number
  reason: string
  /** Once it is over: the agent that tries first, and until when the others leave it to that one. */
  tried_by: string | null
  tried_until: number | null
}

export const coolDownOf = (db: Query, provider: string) =>
  db.get<CoolDown>("SELECT * FROM cooldowns WHERE provider = ?", provider)

/** By provider, in the order of their beginning; those that are over are among them. */
export const coolDowns = async (db: Query): Promise<ReadonlyMap<string, CoolDown>> =>
  new Map(
    (await db.all<CoolDown>("SELECT * FROM cooldowns ORDER BY since, provider")).map((each) => [
      each.provider,
      each,
    ]),
  )

export const writeCoolDown = (
  tx: Tx,
  { provider, since, until, reason }: Omit<CoolDown, "tried_by" | "tried_until">,
) =>
  tx.run(
    `INSERT INTO cooldowns (provider, since, until, reason) VALUES (?, ?, ?, ?)
     ON CONFLICT (provider) DO UPDATE SET since = excluded.since, until = excluded.until,
       reason = excluded.reason, tried_by = NULL, tried_until = NULL`,
    provider,
    since,
    until,
    reason,
  )

export const writeTrial = (tx: Tx, provider: string, agentId: string, until: number) =>
  tx.run(
    "UPDATE cooldowns SET tried_by = ?, tried_until = ? WHERE provider = ?",
    agentId,
    until,
    provider,
  )

export const deleteCoolDown = (tx: Tx, provider: string) =>
  tx.run("DELETE FROM cooldowns WHERE provider = ?", provider)
