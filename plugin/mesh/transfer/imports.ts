import type { Ledger, LedgerOptions } from "../ledger/port.ts"
import { eventOfTypeWith } from "../ledger/tables/events.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { convert, type NewHome } from "./agent-mesh/convert.ts"
import type { AgentMesh } from "./agent-mesh/format.ts"
import { fingerprintOf } from "./agent-mesh/read.ts"
import { type Copied, copyIn } from "./copy-in.ts"
import { type Staged, stageLines, stageRows } from "./stage.ts"

export interface ImportDeps {
  ledger: Ledger
  /** An empty folder of its own, for what is looked at before any of it is imported. */
  folder: string
  now: () => number
}

export interface ImportOptions {
  isDryRun: boolean
  /** What a person allowed there is allowed here too. */
  withGrants: boolean
}

export interface Imported extends Copied {
  from: "meshfleet" | "agent-mesh"
  /** Fleets that were at work there, and have ended here. */
  interrupted: readonly string[]
  /** What has no place here, in words, and how much of it there was. */
  leftOut: Record<string, number>
}

/** A ledger that `exportLedger` wrote, from a file in SQLite or from Postgres. */
export const importLines = async (
  lines: AsyncIterable<string> | Iterable<string>,
  deps: ImportDeps,
  options: ImportOptions,
): Promise<Imported> => {
  const staged = await stageLines(lines, deps.folder, stageOptions(deps))
  const copied = await bringIn(staged, deps, { ...options, from: "meshfleet" })
  return { from: "meshfleet", ...copied, interrupted: staged.interrupted, leftOut: {} }
}

/** A ledger of agent-mesh, once: afterwards it only says when that was. */
export const importAgentMesh = async (
  source: AgentMesh,
  home: Omit<NewHome, "at">,
  deps: ImportDeps,
  { isDryRun }: Pick<ImportOptions, "isDryRun">,
): Promise<Imported | { importedAt: string }> => {
  const fingerprint = fingerprintOf(source)
  const before = await deps.ledger.read((db) => eventOfTypeWith(db, "ledger.imported", fingerprint))
  if (before) return { importedAt: isoTime(before.at) }
  const { rows, leftOut } = convert(source, { ...home, at: deps.now() })
  const staged = await stageRows(rows, deps.folder, stageOptions(deps))
  const copied = await bringIn(staged, deps, {
    ...{ isDryRun, withGrants: false, from: "agent-mesh" as const, fingerprint },
  })
  return { from: "agent-mesh", ...copied, interrupted: [], leftOut }
}

const stageOptions = ({ now }: ImportDeps): LedgerOptions => ({ now })

const bringIn = async (
  { ledger: source }: Staged,
  { ledger }: ImportDeps,
  options: Parameters<typeof copyIn>[2],
) => {
  try {
    return await copyIn(source, ledger, options)
  } finally {
    await source.close()
  }
}
