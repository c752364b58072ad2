/** A figure of the promise "It is done when", and what was measured for it. */
export interface Target {
  what: string
  limit: string
  measured: string
  met: boolean
}

export interface Table {
  head: readonly string[]
  rows: readonly (readonly (string | number)[])[]
}

/** What one measurement found. It throws when it could not measure, not when a target is missed. */
export interface Findings {
  /** How it was measured, in a few sentences: without it the figures say little. */
  method: string
  tables: readonly Table[]
  targets: readonly Target[]
}

export interface Measurement {
  /** What the command line calls it. */
  name: string
  title: string
  run(): Promise<Findings>
}

export const atMost = (what: string, measured: number, limit: number, unit: string): Target => ({
  what,
  limit: `≤ ${withUnit(limit, unit)}`,
  measured: withUnit(measured, unit),
  met: measured <= limit,
})

export const atLeast = (what: string, measured: number, limit: number, unit: string): Target => ({
  what,
  limit: `≥ ${withUnit(limit, unit)}`,
  measured: withUnit(measured, unit),
  met: measured >= limit,
})

const withUnit = (value: number, unit: string) =>
  unit === "×" ? `${round(value)}×` : `${round(value)} ${unit}`

/** Three digits that mean something; thousands apart. */
export const round = (value: number): string => {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US")
  return String(Number(value.toPrecision(3)))
}

export const renderFindings = ({ method, tables, targets }: Findings): string =>
  [
    method,
    ...tables.map(renderTable),
    renderTable({
      head: ["target", "limit", "measured", ""],
      rows: targets.map((each) => [
        each.what,
        each.limit,
        each.measured,
        each.met ? "met" : "MISSED",
      ]),
    }),
  ].join("\n\n")

/** Markdown that also reads well in a terminal. */
const renderTable = ({ head, rows }: Table): string => {
  const cells = [head, ...rows].map((row) => row.map(cell))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length), 3))
  const isNumeric = head.map((_, column) =>
    rows.every((row) => /^[\d.,]+$/.test(cell(row[column]!))),
  )
  const line = (row: readonly string[]) =>
    `| ${row.map((text, at) => (isNumeric[at] ? text.padStart(widths[at]!) : text.padEnd(widths[at]!))).join(" | ")} |`
  const rule = widths.map((width, at) =>
    isNumeric[at] ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  )
  const [title, ...body] = cells
  return [title!, rule, ...body].map(line).join("\n")
}

const cell = (value: string | number) => (typeof value === "number" ? round(value) : value)
