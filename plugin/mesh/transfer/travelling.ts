import { tablesOf, type Table } from "../ledger/columns.ts"
import type { Param } from "../ledger/port.ts"
import type { WholeRow } from "../ledger/whole-rows.ts"

/**
 * What stays where it is: who owns a session, who supervises a fleet, which provider rests, who prunes, what a process
 * has committed last, and what
 * agents at work know of files. All of it is of processes on one machine, and over with them.
 */
export const staying: readonly string[] = [
  "sessions",
  "leases",
  "cooldowns",
  "file_marks",
  "reservations",
  "prunings",
  "commits",
]

/** What a person allowed on one machine is not allowed on the next unless a person says so. */
export const grants = "grants"

/** What of a host is its process, or lets somebody speak as it. */
const blanked: Record<string, WholeRow> = {
  hosts: {
    nonce_hash: "",
    pid: null,
    process_start: null,
    starter_pid: null,
    starter_start: null,
  },
  fleets: { supervisor_pid: null },
}

/** Counts that another ledger has of the same thing: what is there stays. */
export const keptTables: readonly string[] = ["outcomes"]

/** Every table that travels, so that a new one does without being asked. */
export const travellingTables = (migrations: readonly string[]): readonly Table[] =>
  tablesOf(migrations).filter(({ name }) => !staying.includes(name))

export const withoutSecrets = (table: Table, row: WholeRow): WholeRow => ({
  ...row,
  ...blanked[table.name],
})

/** Columns that say which fleet a row belongs to, and how. */
const belongings: readonly [column: string, sql: string][] = [
  ["fleet_id", "fleet_id = ?"],
  ["agent_id", "agent_id IN (SELECT id FROM agents WHERE fleet_id = ?)"],
  ["message_id", "message_id IN (SELECT id FROM messages WHERE fleet_id = ?)"],
  ["message_seq", "message_seq IN (SELECT seq FROM messages WHERE fleet_id = ?)"],
  [
    "recipient",
    "recipient IN (SELECT 'lead:' || id FROM fleets WHERE id = ? UNION SELECT id FROM agents WHERE fleet_id = ?)",
  ],
]

/** The rows of one fleet; undefined for a table that belongs to none. */
export const ofFleet = (
  table: Table,
  fleetId: string,
): { sql: string; params: readonly Param[] } | undefined => {
  if (table.name === "fleets") return { sql: "id = ?", params: [fleetId] }
  const found = belongings.find(([column]) => hasColumn(table, column))
  if (!found) return undefined
  return { sql: found[1], params: [...found[1].matchAll(/\?/g)].map(() => fleetId) }
}

/** Whether a row stands for itself: no other is there for whose sake it is. */
export const isRoot = (table: Table) =>
  hasColumn(table, "id") || belongings.every(([column]) => !hasColumn(table, column))

/** What its rows are known by in every ledger. */
export const nameOf = (table: Table, row: WholeRow): WholeRow => {
  const columns = hasColumn(table, "id") ? ["id"] : table.key
  return Object.fromEntries(columns.map((column) => [column, row[column]!]))
}

/** Columns that count, one ledger by itself: what comes later is counted on. */
const numbered: Record<string, Record<string, string>> = {
  messages: { seq: "messages" },
  deliveries: { message_seq: "messages" },
  fleets: { stuck_at_seq: "messages" },
  receipts: { seq: "receipts" },
  events: { seq: "events" },
}

export const numberedTables: readonly string[] = ["messages", "receipts", "events"]

export const renumber = (
  table: Table,
  row: WholeRow,
  highest: Record<string, number>,
): WholeRow => {
  const moved = { ...row }
  for (const [column, counter] of Object.entries(numbered[table.name] ?? {})) {
    const value = row[column]
    if (typeof value === "number") moved[column] = value + (highest[counter] ?? 0)
  }
  return moved
}

const hasColumn = ({ columns }: Table, column: string) =>
  columns.some(({ name }) => name === column)
