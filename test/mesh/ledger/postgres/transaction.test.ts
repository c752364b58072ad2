import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import type { Ledger, Tx } from "../../../../plugin/mesh/ledger/port.ts"
import { openPostgresLedger } from "../../../../plugin/mesh/ledger/postgres/ledger.ts"
import { startProxy } from "../../../support/cutting-proxy.ts"
import { asAdmin, freshDatabase, postgresOrTold } from "../../../support/postgres.ts"
import { failureOf } from "../../support/errors.ts"

const add = (tx: Tx, agentId: string) =>
  tx.run("INSERT INTO events (at, type, agent_id, data) VALUES (1, 'e', ?, '{}')", agentId)

const eventsIn = (address: string) =>
  asAdmin(address, "SELECT agent_id FROM meshfleet.events ORDER BY seq").then((rows) =>
    rows.map((row) => row["agent_id"]),
  )

const endSessions = (address: string) =>
  asAdmin(
    address,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )

const server = await postgresOrTold(import.meta.path)

if (server)
  describe("when the way to the server is cut", () => {
    let database: Awaited<ReturnType<typeof freshDatabase>>
    let proxy: Awaited<ReturnType<typeof startProxy>>
    let ledger: Ledger
    beforeEach(async () => {
      database = await freshDatabase(server)
      const address = new URL(database.address)
      proxy = await startProxy(Number(address.port || 5432))
      address.port = String(proxy.port)
      ledger = await openPostgresLedger(address.href)
    })
    afterEach(async () => {
      await ledger.close()
      proxy.close()
      await database.drop()
    })

    test("sessions that were lost while idle are replaced, and nobody notices", async () => {
      await ledger.transact((tx) => add(tx, "one"))
      for (const lose of [() => endSessions(database.address), async () => proxy.cutAll()]) {
        await lose()
        await ledger.transact((tx) => add(tx, "again"))
        await lose()
        expect(await ledger.read((db) => db.get<object>("SELECT 1 AS one"))).toEqual({ one: 1 })
      }
      expect(await eventsIn(database.address)).toEqual(["one", "again", "again"])
    })

    test("a change whose session is lost in its midst is run again, and made once", async () => {
      const calls: unknown[] = []
      await ledger.transact(async (tx) => {
        calls.push(await tx.get<object>("SELECT count(*) AS n FROM events"))
        await add(tx, `try ${calls.length}`)
        if (calls.length === 1) await endSessions(database.address)
        await add(tx, "its end")
      })
      expect(calls).toEqual([{ n: 0 }, { n: 0 }])
      expect(await eventsIn(database.address)).toEqual(["try 2", "its end"])
    })

    test("a change whose session is lost every time fails, and nothing of it is kept", async () => {
      let calls = 0
      const error = await failureOf(() =>
        ledger.transact(async (tx) => {
          calls++
          await add(tx, "lost")
          await endSessions(database.address)
          await add(tx, "lost too")
        }),
      )
      expect([error.code, calls]).toEqual(["LEDGER_UNAVAILABLE", 5])
      expect(error.next).toContain("nothing was changed")
      expect(await eventsIn(database.address)).toEqual([])
      await ledger.transact((tx) => add(tx, "next"))
      expect(await eventsIn(database.address)).toEqual(["next"])
    })

    test("a change whose lock was asked for in vain is asked for again, and made once", async () => {
      for (const cut of ["before", "after"] as const) {
        proxy.cutAt("pg_advisory_xact_lock", cut)
        let calls = 0
        await ledger.transact(async (tx) => {
          calls++
          await add(tx, cut)
        })
        expect(calls).toBe(1)
      }
      expect(await eventsIn(database.address)).toEqual(["before", "after"])
    })

    test("a commit that was made and whose answer was lost is not made again", async () => {
      proxy.cutAt("COMMIT", "after")
      let told = 0
      ledger.subscribe(() => told++)
      expect(
        await ledger.transact(async (tx) => {
          await add(tx, "made")
          return "value"
        }),
      ).toBe("value")
      expect(await eventsIn(database.address)).toEqual(["made"])
      expect(told).toBeGreaterThan(0)
    })

    test("a commit that never arrived is asked for again with the whole change, and made once", async () => {
      proxy.cutAt("COMMIT", "before")
      let calls = 0
      await ledger.transact(async (tx) => {
        calls++
        await add(tx, "made")
      })
      expect(calls).toBe(2)
      expect(await eventsIn(database.address)).toEqual(["made"])
    })

    test("a read whose session is lost begins anew, with another moment", async () => {
      proxy.cutAt("SELECT 41", "before")
      expect(await ledger.read((db) => db.get<object>("SELECT 41 AS n"))).toEqual({ n: 41 })
      const seen: unknown[] = []
      await ledger.read(async (db) => {
        seen.push(await db.get<object>("SELECT count(*) AS n FROM events"))
        if (seen.length === 1) {
          await ledger.transact((tx) => add(tx, "meanwhile"))
          proxy.cutAt("SELECT 42", "before")
        }
        await db.get("SELECT 42 AS n")
      })
      expect(seen).toEqual([{ n: 0 }, { n: 1 }])
      const error = await failureOf(() =>
        ledger.read(async (db) => {
          await db.get("SELECT 1 AS n")
          await endSessions(database.address)
          await db.get("SELECT 2 AS n")
        }),
      )
      expect(error.code).toBe("LEDGER_UNAVAILABLE")
    })

    test("a table that a newer Meshfleet has changed is read on, in a session that knows it", async () => {
      const read = () => ledger.read((db) => db.all<object>("SELECT * FROM leases"))
      expect(await read()).toEqual([])
      await asAdmin(
        database.address,
        "ALTER TABLE meshfleet.leases ADD COLUMN place TEXT DEFAULT 'here'",
        "INSERT INTO meshfleet.leases (fleet_id, holder, until) VALUES ('f', 'h', 1)",
      )
      expect(await read()).toEqual([{ fleet_id: "f", holder: "h", until: 1, place: "here" }])
    })

    test("whoever hears of commits hears again once the way is back, also of what he missed", async () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      ledger.subscribe(resolve)
      proxy.cutAll()
      await asAdmin(
        database.address,
        "INSERT INTO meshfleet.events (at, type, data) VALUES (1, 'unheard', '{}')",
      )
      await promise
    })
  })
