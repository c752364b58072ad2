import type { PostgresLedger } from "./ledger.ts"

type Statements = Pick<PostgresLedger, "statement">

// Processes may be on machines whose clocks differ, so only the server's counts.
const clock = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

/** False when somebody else holds it. For the holder it is the same as renewing. */
export const takeLease = async (
  ledger: Statements,
  fleetId: string,
  holder: string,
  staleMs: number,
) => {
  const taken = await ledger.statement(
    `INSERT INTO leases (fleet_id, holder, until) VALUES (?, ?, ${clock} + ?)
     ON CONFLICT (fleet_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE leases.until <= ${clock} OR leases.holder = excluded.holder
     RETURNING holder`,
    fleetId,
    holder,
    staleMs,
  )
  return taken.length > 0
}

/** False when somebody took it. One that ran out and that nobody wanted is still the holder's. */
export const renewLease = async (
  ledger: Statements,
  fleetId: string,
  holder: string,
  staleMs: number,
) => {
  const renewed = await ledger.statement(
    `UPDATE leases SET until = ${clock} + ? WHERE fleet_id = ? AND holder = ? RETURNING holder`,
    staleMs,
    fleetId,
    holder,
  )
  return renewed.length > 0
}

export const dropLease = (ledger: Statements, fleetId: string, holder: string) =>
  ledger.statement("DELETE FROM leases WHERE fleet_id = ? AND holder = ?", fleetId, holder)
