import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { type Audit, auditLedger, damageIn, explain } from "../../mesh/audit/audit.ts"
import type { Ledger } from "../../mesh/ledger/port.ts"
import { errorText } from "../../mesh/model/errors.ts"
import { createLedgerStore } from "../../system/ledger-store.ts"
import { defineCommand, json } from "../define/command.ts"
import { verifyOutputs } from "../outputs/program.ts"
import { print, printJson } from "../terminal/terminal.ts"

/** Errors were found; the ledger could not be read. */
const [wrong, unreadable] = [1, 2]

export const verify = defineCommand({
  name: "verify",
  summary: "Check a ledger for rows that do not fit together; nothing is changed",
  usage: ["verify [file] [--json]"],
  options: { json },
  outputs: verifyOutputs,
  takes: { least: 0, most: 1 },
  async run({ values, positionals: [file] }, { mesh: open, terminal }) {
    let audit: Audit & { damage?: string | undefined }
    try {
      audit =
        file === undefined
          ? await (await open()).meshProcess.audit()
          : await auditCopy(resolve(file))
    } catch (error) {
      if (values.json)
        printJson(terminal, verifyOutputs.unreadable, { ok: false, unreadable: errorText(error) })
      else terminal.warn(`The ledger cannot be read: ${errorText(error)}`)
      return unreadable
    }
    if (values.json) printJson(terminal, verifyOutputs.audit, audit)
    else print(terminal, render(audit))
    return audit.ok ? 0 : wrong
  },
})

/** A file that is given is read from a copy: opening it where it lies could change it. */
const auditCopy = async (file: string) => {
  if (!existsSync(file)) throw new Error(`there is no file ${file}`)
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-verify-"))
  try {
    const copy = join(folder, basename(file))
    for (const suffix of ["", "-wal"])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
    const ledger = await createLedgerStore(copy).open()
    try {
      return await auditFile(ledger)
    } finally {
      await ledger.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const auditFile = async (ledger: Ledger) => {
  const damage = await ledger.read(damageIn)
  if (damage !== undefined) throw new Error(`SQLite finds it damaged: ${damage}`)
  return ledger.read(auditLedger)
}

const render = ({ ok, errors, warnings, counts, findings }: Audit) => {
  const looked = Object.entries(counts)
    .map(([table, count]) => `${count} ${table}`)
    .join(", ")
  const kinds = Map.groupBy(findings, ({ check }) => check)
  const told = [...kinds].flatMap(([check, rows]) => [
    "",
    `${rows[0]!.severity}: ${check}: ${explain(check).explains}`,
    ...rows.map(({ subject, detail }) => `  ${subject}  ${detail}`),
    `  What to do: ${explain(check).remedy}`,
  ])
  const verdict = ok
    ? "Everything fits together."
    : `${errors} ${errors === 1 ? "error" : "errors"}, ${warnings} ${warnings === 1 ? "warning" : "warnings"}.`
  return [
    `Looked at ${looked}.`,
    ...told,
    "",
    `${verdict} This finds what contradicts itself; a ledger may be consistent and untrue.`,
  ].join("\n")
}
