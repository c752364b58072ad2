import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { auditLedger } from "../../../plugin/mesh/audit/audit.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { applicationId, migrations, schemaVersion } from "../../../plugin/mesh/ledger/migrations.ts"
import type { Ledger, LedgerOptions } from "../../../plugin/mesh/ledger/port.ts"
import { openPostgresLedger } from "../../../plugin/mesh/ledger/postgres/ledger.ts"
import { schemaForPostgres } from "../../../plugin/mesh/ledger/postgres/schema-sql.ts"
import { openConnection } from "../../../plugin/mesh/ledger/sqlite/connection.ts"
import { asAdmin, freshDatabase, postgresOrTold } from "../../support/postgres.ts"

/** A ledger as a release left it: `bun scripts/ledger-fixture.ts` adds that of a new version. */
const fixture = (version: number) => join(import.meta.dirname, "versions", `schema-${version}.sql`)
const versions = migrations.map((_, index) => index + 1)
const released = versions.filter((version) => existsSync(fixture(version)))
const sqlOf = (version: number) => readFileSync(fixture(version), "utf8")

interface Place {
  /** Puts the ledger of that version there. */
  put(version: number): Promise<void>
  open(options?: LedgerOptions): Promise<Ledger>
  end(): Promise<void>
}

const inFile = async (): Promise<Place> => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-versions-"))
  const path = join(folder, "mesh.db")
  return {
    async put(version) {
      const db = await openConnection(path)
      db.exec(`BEGIN; ${sqlOf(version)} COMMIT;
        PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}`)
      db.close()
    },
    open: (options) => openLedger(path, options),
    end: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

const inPostgres = async (server: string): Promise<Place> => {
  const { address, drop } = await freshDatabase(server)
  return {
    async put(version) {
      const sql = sqlOf(version)
      const schema = sql.slice(0, sql.search(/^INSERT/m))
      await asAdmin(
        address,
        "CREATE SCHEMA meshfleet",
        "SET search_path = meshfleet",
        `CREATE TABLE meta AS SELECT 'meshfleet' AS application, ${version} AS version`,
        schemaForPostgres(schema),
        sql.slice(schema.length),
      )
    },
    open: (options) => openPostgresLedger(address, options),
    end: async () => void (await drop()),
  }
}

const holds = (title: string, make: () => Promise<Place>) =>
  describe(title, () => {
    let place: Place
    beforeEach(async () => {
      place = await make()
    })
    afterEach(() => place.end())

    const contents = (ledger: Ledger) =>
      ledger.read(async (db) => ({
        fleets: await db.all<object>("SELECT id, status FROM fleets ORDER BY id"),
        agents: await db.all<object>("SELECT id, status, output FROM agents ORDER BY id"),
        mail: await db.all<object>(
          `SELECT m.id, m.payload, d.recipient, d.state FROM messages m
           JOIN deliveries d ON d.message_seq = m.seq ORDER BY m.seq, d.recipient`,
        ),
        history: await db.all<object>("SELECT seq, type, data FROM events ORDER BY seq"),
      }))

    for (const version of released)
      test(`of version ${version} is brought up to date, keeps what is in it, and is sound`, async () => {
        await place.put(version)
        const old = await place.open({ migrations: migrations.slice(0, version) })
        const before = await contents(old)
        await old.close()
        expect(before.fleets).toHaveLength(2)
        expect(before.mail.length).toBeGreaterThan(5)
        const ledger = await place.open()
        try {
          expect(await contents(ledger)).toEqual(before)
          const { findings } = await ledger.read(auditLedger)
          expect(findings).toEqual([])
        } finally {
          await ledger.close()
        }
      })

    for (const version of released.filter((each) => each < schemaVersion))
      test(`of version ${version} stays what it was when its first step fails, or its last`, async () => {
        await place.put(version)
        const broken =
          "UPDATE fleets SET name = 'half done'; ALTER TABLE nothing ADD COLUMN x TEXT;"
        for (const at of [version, schemaVersion])
          await expect(
            place.open({ migrations: [...migrations.slice(0, at), broken] }),
          ).rejects.toThrow()
        const old = await place.open({ migrations: migrations.slice(0, version) })
        const names = await old.read((db) => db.all<{ name: string }>("SELECT name FROM fleets"))
        await old.close()
        expect(names.map(({ name }) => name)).not.toContain("half done")
      })
  })

test("there is a ledger of every version", () => {
  expect(released).toEqual(versions)
})

holds("a ledger in a file", inFile)

const server = await postgresOrTold(import.meta.path)
if (server) holds("a ledger in Postgres", () => inPostgres(server))
