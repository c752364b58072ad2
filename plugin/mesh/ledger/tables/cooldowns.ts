import type { Query, Tx } from "../port.ts"

export interface CoolDown {
  provider: string
  until: number
  reason: string
}

/**
 * Every process of the mesh lets the provider rest until then; a later end replaces an earlier one.
 * Returns whether the provider was not resting before.
 */
export const beginCoolDown = async (tx: Tx, { provider, until, reason }: CoolDown) => {
  const known = await tx.get<CoolDown>("SELECT * FROM cooldowns WHERE provider = ?", provider)
  await tx.run(
    `INSERT INTO cooldowns (provider, until, reason) VALUES (?, ?, ?)
     ON CONFLICT (provider) DO UPDATE SET until = excluded.until, reason = excluded.reason
     WHERE excluded.until > cooldowns.until`,
    provider,
    until,
    reason,
  )
  return known === undefined || known.until <= tx.at
}

/** By provider; those that are over are among them. */
export const coolDowns = async (db: Query): Promise<ReadonlyMap<string, CoolDown>> =>
  new Map((await db.all<CoolDown>("SELECT * FROM cooldowns")).map((each) => [each.provider, each]))
