import { createHash } from "node:crypto"
import type { Query } from "../../ledger/port.ts"
import { MeshError } from "../../model/errors.ts"
import { wordsOf } from "../line.ts"
import { type AgentMesh, agentMesh, newestVersion, theirTables } from "./format.ts"

/** Its JSON file. Refuses all of it where one thing is wrong, and says where. */
export const readJson = (text: string): AgentMesh => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refusal(`it is no JSON: ${wordsOf(error)}`)
  }
  return read(value)
}

/** Its SQLite file, opened from a copy: nothing of ours comes near the one it writes. */
export const readTables = async (db: Query): Promise<AgentMesh> => {
  const found = new Set(
    (await db.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")).map(
      ({ name }) => name,
    ),
  )
  if (!found.has("meta") || !found.has("fleets") || !found.has("agents"))
    throw refusal("it is a SQLite database, but none of agent-mesh")
  const version = await db.get<{ value: string }>(
    "SELECT value FROM meta WHERE key = 'schema_version'",
  )
  const value: Record<string, unknown> = {
    ...(version && { schema_version: Number(version.value) }),
  }
  for (const [table, key] of Object.entries(theirTables))
    if (found.has(table))
      value[table] = collected(
        table,
        await db.all(`SELECT ${key} AS id, data FROM ${table} ORDER BY rowid`),
      )
  return read(value)
}

const collected = (table: string, rows: readonly { id: string; data: string }[]) =>
  Object.fromEntries(
    rows.map(({ id, data }) => {
      try {
        return [id, JSON.parse(data) as unknown]
      } catch (error) {
        throw refusal(`${table}.${id}: ${wordsOf(error)}`)
      }
    }),
  )

const read = (value: unknown): AgentMesh => {
  const version = (value as { schema_version?: unknown } | null)?.schema_version
  if (typeof version === "number" && version > newestVersion)
    throw refusal(
      `its schema version is ${version}, and ${newestVersion} is the newest that is known`,
    )
  try {
    return agentMesh.parse(value)
  } catch (error) {
    throw refusal(wordsOf(error))
  }
}

/** The same for the same content, in whichever file it is. */
export const fingerprintOf = (source: AgentMesh) => {
  const hash = createHash("sha256")
  const collections = Object.entries({ ...source, schema_version: null })
  for (const [name, rows] of collections.toSorted(byName))
    for (const [id, row] of Object.entries(rows ?? {}).toSorted(byName))
      hash.update(`${JSON.stringify([name, id, row])}\n`)
  return hash.digest("hex")
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0)

const refusal = (why: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `The file cannot be imported: ${why.slice(0, 500)}.`,
    "Give a file of meshfleet export, or a ledger of agent-mesh (agent-mesh.json, agent-mesh.db); nothing was imported.",
  )
