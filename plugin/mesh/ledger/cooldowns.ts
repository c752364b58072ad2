import type { Database } from "./driver.ts"

export interface CoolDown {
  provider: string
  until: number
  reason: string
}

/**
 * Every process of the mesh lets the provider rest until then; a later end replaces an earlier one.
 * Returns whether the provider was not resting before.
 */
export const beginCoolDown = (db: Database, at: number, { provider, until, reason }: CoolDown) => {
  const known = db.get<CoolDown>("SELECT * FROM cooldowns WHERE provider = ?", provider)
  db.run(
    `INSERT INTO cooldowns (provider, until, reason) VALUES (?, ?, ?)
     ON CONFLICT (provider) DO UPDATE SET until = excluded.until, reason = excluded.reason
     WHERE excluded.until > cooldowns.until`,
    provider,
    until,
    reason,
  )
  return known === undefined || known.until <= at
}

/** By provider; those that are over are among them. */
export const coolDowns = (db: Database): ReadonlyMap<string, CoolDown> =>
  new Map(db.all<CoolDown>("SELECT * FROM cooldowns").map((each) => [each.provider, each]))
