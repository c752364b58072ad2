import type { Query } from "../ledger/port.ts"
import type { Check, Found } from "./check.ts"
import { councils } from "./checks/councils.ts"
import { mail } from "./checks/mail.ts"
import { places } from "./checks/places.ts"
import { references } from "./checks/references.ts"
import { reservations } from "./checks/reservations.ts"
import { tasks } from "./checks/tasks.ts"
import { templates } from "./checks/templates.ts"
import { work } from "./checks/work.ts"

/** Every check there is. It finds what does not fit together, and no more: a ledger may fit and be untrue. */
export const checks: readonly Check[] = [
  ...references,
  ...mail,
  ...councils,
  ...work,
  ...places,
  ...tasks,
  ...reservations,
  ...templates,
]

export interface Finding extends Found {
  severity: Check["severity"]
  check: string
}

export interface Audit {
  /** Nothing is wrong; there may be warnings. */
  ok: boolean
  errors: number
  warnings: number
  /** Rows looked at, by table. */
  counts: Record<string, number>
  findings: Finding[]
}

const counted = [
  "fleets",
  "agents",
  "attempts",
  "messages",
  "deliveries",
  "receipts",
  "ratifications",
  "events",
  "hosts",
  "questions",
  "templates",
  "tasks",
  "reservations",
]

/** Reads the whole ledger as of one instant, and changes nothing. */
export const auditLedger = async (db: Query): Promise<Audit> => {
  const findings: Finding[] = []
  for (const { id, severity, find } of checks)
    for (const { subject, detail } of await find(db))
      findings.push({ severity, check: id, subject: String(subject), detail: String(detail) })
  const counts: Record<string, number> = {}
  for (const table of counted) {
    const row = await db.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)
    counts[table] = Number(row?.n ?? 0)
  }
  const errors = findings.filter(({ severity }) => severity === "error").length
  return { ok: errors === 0, errors, warnings: findings.length - errors, counts, findings }
}

/** What SQLite itself finds wrong with its file; undefined when nothing is. */
export const damageIn = async (db: Query): Promise<string | undefined> => {
  const row = await db.get<{ integrity_check: string }>("PRAGMA integrity_check(1)")
  return row?.integrity_check === "ok" ? undefined : row?.integrity_check
}

export const explain = (id: string): Pick<Check, "explains" | "remedy"> =>
  checks.find((check) => check.id === id)!
