import assert from "node:assert/strict"
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Ledger } from "../../../../plugin/mesh/ledger/port.ts"
import { appendEvent, eventsSince } from "../../../../plugin/mesh/ledger/tables/events.ts"
import { applicationId, schemaVersion } from "../../../../plugin/mesh/ledger/migrations.ts"
import { openConnection } from "../../../../plugin/mesh/ledger/sqlite/connection.ts"
import { openSqliteLedger } from "../../../../plugin/mesh/ledger/sqlite/sqlite-ledger.ts"
import { codeIs } from "../contract.ts"

/** What a ledger in a file promises beside the contract of all; each case gets an empty folder. */
export const fileContract: Record<string, (folder: string) => Promise<void>> = {
  async "is made in a folder and files that only its user can read"(folder) {
    const path = join(folder, "new", "mesh.db")
    const ledger = await openSqliteLedger(path)
    await ledger.transact((tx) => appendEvent(tx, { type: "fleet.created" }))
    assert.equal(statSync(join(folder, "new")).mode & 0o777, 0o700)
    for (const file of [path, `${path}-wal`, `${path}-shm`])
      assert.equal(statSync(file).mode & 0o777, 0o600)
    await ledger.close()
    const db = await openConnection(path)
    assert.deepEqual(
      { ...db.get<object>("PRAGMA application_id") },
      { application_id: applicationId },
    )
    assert.deepEqual({ ...db.get<object>("PRAGMA user_version") }, { user_version: schemaVersion })
    assert.deepEqual({ ...db.get<object>("PRAGMA journal_mode") }, { journal_mode: "wal" })
    db.close()
  },

  async "refuses every database of another program and leaves every byte of it"(folder) {
    for (const [name, sql] of Object.entries({
      "tables.db": "CREATE TABLE notes (id)",
      "version.db": "PRAGMA user_version = 3; VACUUM",
      "marked.db": "PRAGMA application_id = 42; VACUUM",
      "wal.db": "PRAGMA journal_mode = WAL; CREATE TABLE notes (id)",
    })) {
      const path = join(folder, name)
      const theirs = await openConnection(path)
      theirs.exec(sql)
      theirs.close()
      const before = readFileSync(path)
      await assert.rejects(openSqliteLedger(path), codeIs("LEDGER_FOREIGN", path))
      assert.deepEqual(readFileSync(path), before)
    }
  },

  async "refuses a file that is no database and leaves every byte of it"(folder) {
    const path = join(folder, "mesh.db")
    const bytes = Buffer.from("these are my notes\n".repeat(500))
    writeFileSync(path, bytes)
    await assert.rejects(openSqliteLedger(path), codeIs("LEDGER_FOREIGN", path))
    assert.deepEqual(readFileSync(path), bytes)
  },

  async "says which file cannot be opened"(folder) {
    const path = join(folder, "mesh.db")
    mkdirSync(path)
    await assert.rejects(openSqliteLedger(path), codeIs("LEDGER_UNAVAILABLE", path))
    writeFileSync(join(folder, "file"), "")
    await assert.rejects(
      openSqliteLedger(join(folder, "file", "mesh.db")),
      codeIs("LEDGER_UNAVAILABLE", "file"),
    )
  },

  async "gives what holds nothing back to the disk, in a new ledger in steps and in an old one once it is written anew"(
    folder,
  ) {
    const path = join(folder, "mesh.db")
    const fill = async (ledger: Ledger, from: number) => {
      await ledger.transact(async (tx) => {
        for (let at = 0; at < 5000; at++)
          await appendEvent(tx, { type: "agent.failed", data: { detail: "x".repeat(200) } })
      })
      await ledger.transact((tx) =>
        tx.run("DELETE FROM events WHERE seq > ? AND seq < ?", from + 1, from + 5000),
      )
    }
    const ledger = await openSqliteLedger(path)
    await fill(ledger, 0)
    const { size, reclaim, shrinks, writeBack } = ledger.upkeep!
    assert.ok(statSync(path).size < (await size()).bytes)
    await writeBack()
    assert.equal(statSync(path).size, (await size()).bytes)
    const full = await size()
    assert.ok(full.freeBytes > full.bytes * 0.7)
    assert.equal(await shrinks(), true)
    let steps = 1
    while (await reclaim()) steps++
    assert.ok(steps > 1)
    const small = await size()
    assert.equal(small.freeBytes, 0)
    // A page of SQLite's own may go along.
    assert.ok(small.bytes <= full.bytes - full.freeBytes)
    await ledger.close()

    // As one of an earlier version is.
    const old = await openConnection(path)
    old.exec("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM")
    old.close()
    const again = await openSqliteLedger(path)
    const other = await openSqliteLedger(path)
    await fill(again, 5000)
    assert.equal(await again.upkeep!.shrinks(), false)
    assert.equal(await again.upkeep!.reclaim(), false)
    await again.upkeep!.rewrite()
    assert.equal(await again.upkeep!.shrinks(), true)
    assert.equal((await again.upkeep!.size()).freeBytes, 0)
    await other.transact((tx) => appendEvent(tx, { type: "agent.woken" }))
    assert.equal((await again.read((db) => eventsSince(db, 0))).at(-1)!.type, "agent.woken")
    await again.close()
    await other.close()
  },

  async "reads a damaged page as an error of its own, never as another's"(folder) {
    const path = join(folder, "mesh.db")
    const ledger = await openSqliteLedger(path)
    await ledger.transact(async (tx) => {
      for (let at = 0; at < 2000; at++)
        await appendEvent(tx, { type: "agent.failed", data: { detail: "x".repeat(200) } })
    })
    await ledger.close()
    const bytes = readFileSync(path)
    bytes.fill(0xff, 4096)
    writeFileSync(path, bytes)
    await assert.rejects(
      async () => {
        const damaged = await openSqliteLedger(path)
        try {
          await damaged.read((db) => db.all("SELECT * FROM events"))
        } finally {
          await damaged.close()
        }
      },
      codeIs("LEDGER_FOREIGN", path),
    )
  },
}
