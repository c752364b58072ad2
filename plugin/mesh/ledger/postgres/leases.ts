import type { Tx } from "../port.ts"
import type { PostgresLedger } from "./ledger.ts"

type Statements = Pick<PostgresLedger, "statement">

// Processes may be on machines whose clocks differ, so only the server's counts.
const clock = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"

/** Undefined when somebody else holds it, else how long nobody had renewed it. */
export const takeLease = async (
  ledger: Statements,
  fleetId: string,
  holder: string,
  staleMs: number,
) => {
  const [taken] = await ledger.statement<{ silent: number | null }>(
    `WITH before AS (SELECT until FROM leases WHERE fleet_id = ?)
     INSERT INTO leases (fleet_id, holder, until) VALUES (?, ?, ${clock} + ?)
     ON CONFLICT (fleet_id) DO UPDATE SET holder = excluded.holder, until = excluded.until
     WHERE leases.until <= ${clock} OR leases.holder = excluded.holder
     RETURNING (SELECT ${clock} + ? - until FROM before) AS silent`,
    fleetId,
    fleetId,
    holder,
    staleMs,
    staleMs,
  )
  return taken && { silentMs: Math.max(0, taken.silent ?? 0) }
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

/** Of a fleet that is no more. */
export const forgetLease = (tx: Tx, fleetId: string) =>
  tx.run("DELETE FROM leases WHERE fleet_id = ?", fleetId)
