import type { Param } from "../port.ts"

/** The few things Meshfleet asks of SQLite, the same under Bun and Node. */
export interface Connection {
  run(sql: string, ...params: Param[]): { changes: number }
  get<Row>(sql: string, ...params: Param[]): Row | undefined
  all<Row>(sql: string, ...params: Param[]): Row[]
  /** Made once and kept, as each of these is. */
  prepare(sql: string): Statement
  /** Several statements, none of them kept. */
  exec(sql: string): void
  close(): void
}

export interface Statement {
  run(...params: Param[]): { changes: number | bigint }
  get(...params: Param[]): unknown
  all(...params: Param[]): unknown[]
  /** Bun only: Node finalizes by itself. */
  finalize?(): void
}

interface Driver {
  prepare(sql: string): Statement
  exec(sql: string): void
  close(): void
}

/** `bun:sqlite` under Bun (OpenCode is Bun), `node:sqlite` under Node 22.13 and later. */
export const loadSqlite = async (): Promise<(path: string) => Connection> => {
  const open = process.versions["bun"] ? await loadBun() : await loadNode()
  return (path) => connectionOver(open(path))
}

export const openConnection = async (path: string) => (await loadSqlite())(path)

const connectionOver = (driver: Driver): Connection => {
  const statements = new Map<string, Statement>()
  const prepare = (sql: string) => {
    let statement = statements.get(sql)
    if (!statement) statements.set(sql, (statement = driver.prepare(sql)))
    return statement
  }
  return {
    prepare,
    run: (sql, ...params) => ({ changes: Number(prepare(sql).run(...params).changes) }),
    get: <Row>(sql: string, ...params: Param[]) =>
      (prepare(sql).get(...params) ?? undefined) as Row | undefined,
    all: <Row>(sql: string, ...params: Param[]) => prepare(sql).all(...params) as Row[],
    exec: (sql) => driver.exec(sql),
    close() {
      // With a statement left the connection stays open behind our back, its locks and files with it.
      for (const statement of statements.values()) statement.finalize?.()
      statements.clear()
      driver.close()
    },
  }
}

// The module name in a variable keeps bundlers from resolving the runtime we are not on.
const load = async (name: string) => await import(name)

const loadBun = async (): Promise<(path: string) => Driver> => {
  const { Database: Sqlite } = await load("bun:sqlite")
  return (path) => new Sqlite(path, { create: true, readwrite: true }) as Driver
}

const loadNode = async (): Promise<(path: string) => Driver> => {
  const { DatabaseSync } = await load("node:sqlite")
  return (path) => new DatabaseSync(path) as Driver
}
