import { randomUUID } from "node:crypto"
import { mkdirSync } from "node:fs"
import { dirname } from "node:path"
import { openConnection } from "../../plugin/mesh/ledger/sqlite/connection.ts"

export interface Part {
  id: string
  type: "text" | "tool"
  messageID: string
  sessionID: string
  text?: string
  synthetic?: boolean
  metadata?: unknown
  tool?: string
  callID?: string
  state?: { status: "running" | "completed" | "error"; input: unknown; output?: string }
}

export interface Message {
  info: {
    id: string
    role: "user" | "assistant"
    sessionID: string
    agent: string
    finish?: string
    error?: unknown
    cost?: number
    tokens?: object
  }
  parts: Part[]
}

/**
 * The sessions of all stand-ins of a world in one SQLite file, as OpenCode keeps those of one user:
 * what is stored survives the death of any process.
 */
export const openStore = async (path: string) => {
  mkdirSync(dirname(path), { recursive: true })
  const db = await openConnection(path)
  // The first of several processes that start at once makes the file; the others wait for it.
  db.exec("PRAGMA busy_timeout = 10000")
  db.exec("PRAGMA journal_mode = WAL")
  db.exec("PRAGMA synchronous = NORMAL")
  db.exec(
    `CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, parent TEXT, title TEXT, permission TEXT);
     CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, session TEXT, json TEXT);
     CREATE INDEX IF NOT EXISTS by_session ON messages (session, seq);`,
  )
  const id = (prefix: string) => `${prefix}_${randomUUID().replaceAll("-", "")}`
  const read = (rows: { json: string }[]) => rows.map(({ json }) => JSON.parse(json) as Message)

  return {
    id,
    createSession(title: string, parent: string | undefined, permission: readonly object[]) {
      const session = id("ses")
      db.run(
        "INSERT INTO sessions VALUES (?, ?, ?, ?)",
        session,
        parent ?? null,
        title,
        JSON.stringify(permission),
      )
      return session
    },
    session: (session: string) =>
      db.get<{ id: string; parent: string | null; permission: string }>(
        "SELECT * FROM sessions WHERE id = ?",
        session,
      ),
    setPermission: (session: string, permission: readonly object[]) =>
      db.run(
        "UPDATE sessions SET permission = ? WHERE id = ?",
        JSON.stringify(permission),
        session,
      ),
    add(message: Message) {
      db.run(
        "INSERT INTO messages (id, session, json) VALUES (?, ?, ?)",
        message.info.id,
        message.info.sessionID,
        JSON.stringify(message),
      )
    },
    save: (message: Message) =>
      void db.run(
        "UPDATE messages SET json = ? WHERE id = ?",
        JSON.stringify(message),
        message.info.id,
      ),
    /** Oldest first. */
    messages: (session: string, limit = 1_000_000) =>
      read(
        db.all(
          "SELECT json FROM messages WHERE session = ? ORDER BY seq DESC LIMIT ?",
          session,
          limit,
        ),
      ).toReversed(),
  }
}

export type Store = Awaited<ReturnType<typeof openStore>>
