import { randomBytes } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { Client } from "pg"
import { postgresBinaries, startPostgres } from "./postgres-server.ts"

/**
 * The address of a server for tests, or why there is none: that of MESHFLEET_TEST_POSTGRES, else one
 * server that all files of this `bun test` share, started by the first that needs it.
 */
export const postgresOrReason = async (): Promise<{ address: string } | { reason: string }> => {
  const given = process.env["MESHFLEET_TEST_POSTGRES"]
  if (given) return { address: given }
  if (!postgresBinaries())
    return {
      reason: "the package postgresql is not installed, and MESHFLEET_TEST_POSTGRES is not set",
    }
  return sharedServer()
}

/** The same, told on the terminal by a file whose tests cannot run without it. */
export const postgresOrTold = async (file: string): Promise<string | undefined> => {
  const found = await postgresOrReason()
  if ("address" in found) return found.address
  console.warn(`Postgres: not here, so ${basename(file)} did not run in full: ${found.reason}`)
  return undefined
}

// With --parallel each file runs in a worker, whose parent is the run.
const starter = () => (process.env["BUN_TEST_WORKER_ID"] ? process.ppid : process.pid)

const sharedServer = async (): Promise<{ address: string } | { reason: string }> => {
  const folder = join(tmpdir(), `meshfleet-postgres-${starter()}`)
  const found = join(folder, "found.json")
  if (take(folder)) {
    const result = await startPostgres(folder, starter()).then(
      ({ address }) => ({ address }),
      (error: Error) => ({ reason: error.message }),
    )
    writeFileSync(`${found}.new`, JSON.stringify(result), { mode: 0o600 })
    renameSync(`${found}.new`, found)
  }
  while (!existsSync(found)) await new Promise((resolve) => setTimeout(resolve, 50))
  return JSON.parse(readFileSync(found, "utf8"))
}

/** Whoever makes the folder makes the server. */
const take = (folder: string) => {
  try {
    mkdirSync(folder, { mode: 0o755 })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false
    throw error
  }
}

/** A database of its own on that server, and the end of it. */
export const freshDatabase = async (server: string) => {
  const name = `test_${randomBytes(6).toString("hex")}`
  await asAdmin(server, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`)
  const address = new URL(server)
  address.pathname = `/${name}`
  return {
    address: address.href,
    drop: () => asAdmin(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

/**
 * A database for the ledger of a test that runs on any: where MESHFLEET_TEST_LEDGER=postgres asks for
 * one. Otherwise the test keeps its ledger as it always does.
 */
export const wantedDatabase = async () => {
  if (process.env["MESHFLEET_TEST_LEDGER"] !== "postgres") return undefined
  const found = await postgresOrReason()
  if ("reason" in found) throw new Error(`there is no Postgres: ${found.reason}`)
  return freshDatabase(found.address)
}

/** A session that is none of Meshfleet's. Whoever opens it ends it. */
export const connectAdmin = async (address: string) => {
  const client = new Client({ connectionString: address })
  client.on("error", () => undefined)
  await client.connect()
  return client
}

/** Statements in a session of their own; answers with the rows of the last. */
export const asAdmin = async (address: string, ...statements: string[]) => {
  const client = await connectAdmin(address)
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
