import { migrations, schemaVersion } from "../ledger/migrations.ts"
import type { Query } from "../ledger/port.ts"
import { type WholeRow, wholeRows } from "../ledger/whole-rows.ts"
import { schemaTag } from "./line.ts"
import { ofFleet, travellingTables, withoutSecrets } from "./travelling.ts"

const pageRows = 500

export interface ExportOptions {
  /** Only this fleet, and what belongs to it. */
  fleetId?: string | undefined
  exportedAt: number
  /** Takes one line at a time, and must not wait: the read is of one instant. */
  write: (line: string) => void
}

/** The whole ledger as lines of JSON. Returns how many rows each table gave. */
export const exportLedger = async (
  db: Query,
  { fleetId, exportedAt, write }: ExportOptions,
): Promise<Record<string, number>> => {
  const put = (line: unknown) => write(JSON.stringify(line))
  put({
    schema: schemaTag,
    version: schemaVersion,
    exported_at: new Date(exportedAt).toISOString(),
    ...(fleetId !== undefined && { fleet_id: fleetId }),
  })
  const counts: Record<string, number> = {}
  for (const table of travellingTables(migrations)) {
    const where = fleetId === undefined ? undefined : ofFleet(table, fleetId)
    if (fleetId !== undefined && !where) continue
    let after: WholeRow | undefined
    do {
      const page = await wholeRows(db, table, { after, limit: pageRows, where })
      for (const row of page) put({ table: table.name, row: withoutSecrets(table, row) })
      counts[table.name] = (counts[table.name] ?? 0) + page.length
      after = page.length < pageRows ? undefined : page.at(-1)
    } while (after)
  }
  put({ end: true, rows: Object.values(counts).reduce((sum, count) => sum + count, 0) })
  return counts
}
