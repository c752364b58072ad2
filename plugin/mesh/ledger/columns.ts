export interface Column {
  name: string
  type: "text" | "integer" | "real"
  isNullable: boolean
}

export interface Table {
  name: string
  columns: readonly Column[]
  /** By which its rows are told apart, and ordered. */
  key: readonly string[]
}

/** The tables that these migrations make, in their order, as far as a reader of rows has to know them. */
export const tablesOf = (migrations: readonly string[]): readonly Table[] => {
  const tables = new Map<string, { columns: Column[]; key: string[] }>()
  for (const [statement] of migrations.join("\n").matchAll(/\b(?:CREATE|ALTER) TABLE [^;]+/g)) {
    const [, made, body] = /^CREATE TABLE (\w+) \(([^]*)\)\s*$/.exec(statement) ?? []
    if (made !== undefined) tables.set(made, tableIn(body!))
    const [, changed, column] = /^ALTER TABLE (\w+) ADD COLUMN ([^]*)$/.exec(statement) ?? []
    if (changed !== undefined) tables.get(changed)!.columns.push(columnIn(column!))
  }
  return [...tables].map(([name, table]) => ({ name, ...table }))
}

const tableIn = (body: string) => {
  const parts = body.split(/,(?![^(]*\))/).map((part) => part.trim())
  const columns = parts.filter((part) => !/^(?:UNIQUE|PRIMARY)/.test(part))
  const together = parts.map((part) => /^PRIMARY KEY \(([^)]*)\)/.exec(part)?.[1]).find(Boolean)
  const alone = columns.find((part) => part.includes("PRIMARY KEY"))?.split(" ")[0]
  return {
    columns: columns.map(columnIn),
    key: together?.split(", ") ?? (alone === undefined ? [] : [alone]),
  }
}

const columnIn = (text: string): Column => {
  const [name, type] = text.trim().split(/\s+/)
  return {
    name: name!,
    type: type!.toLowerCase() as Column["type"],
    isNullable: !/NOT NULL|PRIMARY KEY/.test(text),
  }
}
