import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Ledger, Tx } from "../../../../plugin/mesh/ledger/port.ts"
import { openPostgresLedger } from "../../../../plugin/mesh/ledger/postgres/ledger.ts"
import type { MeshError } from "../../../../plugin/mesh/model/errors.ts"
import { startChild } from "../../../support/child.ts"
import { startProxy } from "../../../support/cutting-proxy.ts"
import {
  type PostgresServer,
  startPostgres,
  survivesKill,
} from "../../../support/postgres-server.ts"
import { asAdmin, freshDatabase, postgresOrTold } from "../../../support/postgres.ts"
import { expectFailure, failureOf } from "../../support/errors.ts"

const add = (tx: Tx, type = "e") =>
  tx.run("INSERT INTO events (at, type, data) VALUES (1, ?, '{}')", type)

const count = async (ledger: Ledger) =>
  (await ledger.read((db) => db.get<{ n: number }>("SELECT count(*) AS n FROM events")))!.n

/** Everything of an error that could be printed or logged. */
const whole = (error: MeshError) => {
  const cause = error.cause as (Error & { code?: string }) | undefined
  return [error.message, error.stack, cause?.message, cause?.stack, JSON.stringify(cause)].join(
    "\n",
  )
}

const server = await postgresOrTold(import.meta.path)

if (server) {
  const given = new URL(server)
  const changed = (change: (address: URL) => void) => {
    const address = new URL(server)
    change(address)
    return address.href
  }

  describe("a ledger that cannot be opened says why, and keeps the password to itself:", () => {
    const addresses = {
      "a wrong password": changed((address) => (address.password = "not%40that")),
      "no such database": changed((address) => (address.pathname = "/none_such")),
      "no such host": changed((address) => (address.hostname = "none.invalid")),
      "an address that is none": `postgres://me:${given.password}@[::`,
    }
    for (const [title, address] of Object.entries(addresses))
      test(title, async () => {
        const error = await failureOf(() => openPostgresLedger(address))
        expect(error.code).toBe("LEDGER_UNAVAILABLE")
        for (const secret of [given.password, "not%40that", "not@that"].filter(Boolean))
          expect(whole(error)).not.toContain(secret)
      })

    test("an encoding that lacks characters", async () => {
      await asAdmin(
        server,
        "CREATE DATABASE test_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
      )
      try {
        const address = changed((each) => (each.pathname = "/test_latin"))
        await expectFailure(() => openPostgresLedger(address), "LEDGER_UNAVAILABLE", "LATIN1")
      } finally {
        await asAdmin(server, "DROP DATABASE test_latin WITH (FORCE)")
      }
    })

    test("a user who may not create the schema", async () => {
      const database = await freshDatabase(server)
      await asAdmin(server, "CREATE ROLE test_guest LOGIN PASSWORD 'guest-secret'")
      try {
        const address = new URL(database.address)
        address.username = "test_guest"
        address.password = "guest-secret"
        const error = await expectFailure(
          () => openPostgresLedger(address.href),
          "LEDGER_UNAVAILABLE",
          "permission denied",
        )
        expect(whole(error)).not.toContain("guest-secret")
      } finally {
        await database.drop()
        await asAdmin(server, "DROP ROLE test_guest")
      }
    })
  })

  test("an empty schema is enough for a user who may make none", async () => {
    const database = await freshDatabase(server)
    await asAdmin(server, "CREATE ROLE test_tenant LOGIN PASSWORD 'tenant-secret'")
    try {
      await asAdmin(database.address, "CREATE SCHEMA meshfleet AUTHORIZATION test_tenant")
      const address = new URL(database.address)
      address.username = "test_tenant"
      address.password = "tenant-secret"
      const ledger = await openPostgresLedger(address.href)
      await ledger.transact((tx) => add(tx))
      expect(await count(ledger)).toBe(1)
      await ledger.close()
    } finally {
      await database.drop()
      await asAdmin(server, "DROP ROLE test_tenant")
    }
  })

  test("a process that stops in mid-change keeps others waiting for no more than ten seconds, and begins anew when it goes on", async () => {
    const database = await freshDatabase(server)
    const child = startChild("stay-in-postgres-transaction", [database.address])
    const ledger = await openPostgresLedger(database.address)
    try {
      await child.says("inside")
      child.kill("SIGSTOP")
      const stoppedAt = performance.now()
      await ledger.transact((tx) => add(tx, "of the living"))
      expect(performance.now() - stoppedAt).toBeLessThan(10_000)
      child.kill("SIGCONT")
      child.tell("go on\n")
      await child.ended
      expect(child.output()).toBe("inside\ninside\ncommitted\n")
      const kept = await ledger.read((db) =>
        db.all<{ type: string }>("SELECT type FROM events ORDER BY seq"),
      )
      expect(kept.map(({ type }) => type)).toEqual(["of the living", "half", "other half"])
    } finally {
      child.kill()
      await ledger.close()
      await database.drop()
    }
  })

  test("a statement that failed, though the change went on, fails the change", async () => {
    const database = await freshDatabase(server)
    const ledger = await openPostgresLedger(database.address)
    try {
      await expect(
        ledger.transact(async (tx) => {
          await add(tx)
          await tx.run("INSERT INTO none_such VALUES (1)").catch(() => undefined)
        }),
      ).rejects.toThrow("nothing of it was kept")
      expect(await count(ledger)).toBe(0)
    } finally {
      await ledger.close()
      await database.drop()
    }
  })

  test("what is asked for before a close is still done; what comes after is refused", async () => {
    const database = await freshDatabase(server)
    const ledger = await openPostgresLedger(database.address)
    const asked = [ledger.transact((tx) => add(tx)), ledger.transact((tx) => add(tx))]
    const closing = ledger.close()
    await expectFailure(() => ledger.transact((tx) => add(tx)), "LEDGER_UNAVAILABLE", "closed")
    await expectFailure(() => ledger.read(async () => 1), "LEDGER_UNAVAILABLE", "closed")
    await closing
    await ledger.close()
    expect(await Promise.all(asked)).toEqual([{ changes: 1 }, { changes: 1 }])
    // The server notices a moment later.
    const sessions = () =>
      asAdmin(
        database.address,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
      )
    for (let wait = 0; wait < 100 && (await sessions()).length > 0; wait++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await sessions()).toEqual([])
    await database.drop()
  })

  describe("a server", () => {
    let own: PostgresServer
    beforeAll(async () => {
      const folder = mkdtempSync(join(tmpdir(), "meshfleet-postgres-own-"))
      own = await startPostgres(folder, process.pid, survivesKill)
    })
    afterAll(() => own.end())

    test("that is gone is told of within seconds, and used again once it is back", async () => {
      const ledger = await openPostgresLedger(own.address)
      try {
        await ledger.transact((tx) => add(tx))
        await own.kill()
        const goneAt = performance.now()
        const errors = await Promise.all([
          failureOf(() => ledger.transact((tx) => add(tx))),
          failureOf(() => count(ledger)),
        ])
        expect(performance.now() - goneAt).toBeLessThan(15_000)
        for (const error of errors) {
          expect(error.code).toBe("LEDGER_UNAVAILABLE")
          expect(error.next).toContain("nothing was changed")
          expect(whole(error)).not.toContain(new URL(own.address).password)
        }
        const { promise, resolve } = Promise.withResolvers<void>()
        ledger.subscribe(resolve)
        const waiting = ledger.transact((tx) => add(tx))
        await own.start()
        await Promise.all([waiting, promise])
        expect(await count(ledger)).toBe(2)
      } finally {
        await ledger.close()
      }
    })

    test("that never saw a commit, and was killed, does not take it for another's that has its number since", async () => {
      const proxy = await startProxy(Number(new URL(own.address).port))
      const address = new URL(own.address)
      address.port = String(proxy.port)
      const ledger = await openPostgresLedger(address.href)
      try {
        const { promise: others, resolve } = Promise.withResolvers<void>()
        proxy.cutAt("COMMIT", async () => {
          await own.kill()
          await own.start()
          const other = await openPostgresLedger(own.address)
          for (let at = 0; at < 5; at++) await other.transact((tx) => add(tx, "another's"))
          await other.close()
          resolve()
        })
        await ledger.transact((tx) => add(tx, "ours"))
        await others
        const kept = await ledger.read((db) =>
          db.all<{ type: string }>(
            "SELECT type FROM events WHERE type IN ('ours', 'another''s') ORDER BY type",
          ),
        )
        expect(kept.map(({ type }) => type)).toEqual([
          ...Array.from({ length: 5 }, () => "another's"),
          "ours",
        ])
      } finally {
        await ledger.close()
        proxy.close()
      }
    })
  })
}
