import { reservationModes } from "../../ledger/tables/files/reservations.ts"
import { bySql, type Check, missing, oneOf } from "../check.ts"

const table = "reservations"
const subject = "t.agent_id || ' ' || t.pattern"

/** Reservations of files: each of somebody who can use it. */
export const reservations: readonly Check[] = [
  missing("reservation-without-fleet", { table, subject, column: "fleet_id", target: "fleets" }),
  missing("reservation-without-agent", { table, subject, column: "agent_id", target: "agents" }),
  oneOf("reservation-mode", {
    table,
    subject: "pattern",
    column: "mode",
    values: reservationModes,
  }),
  bySql({
    id: "reservation-of-the-ended",
    explains: "files are reserved by an agent that has failed or was cancelled",
    remedy: "It keeps nobody out; it goes with its fleet.",
    sql: `SELECT ${subject} AS subject, a.status AS detail FROM reservations t
          JOIN agents a ON a.id = t.agent_id WHERE a.status IN ('failed', 'cancelled')`,
  }),
]
