import assert from "node:assert/strict"
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import { openConnection } from "../../../plugin/mesh/ledger/sqlite/connection.ts"
import { appendEvent, eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { applicationId, schemaVersion } from "../../../plugin/mesh/ledger/migrations.ts"

/**
 * What every ledger promises, whatever runtime and driver it is on. It uses nothing but node's own
 * modules, so that Bun and Node run the same; each case gets an empty folder.
 */
export const ledgerContract: Record<string, (folder: string) => Promise<void>> = {
  async "is made from nothing, in a folder and files that only its user can read"(folder) {
    const path = join(folder, "new", "mesh.db")
    const ledger = await openLedger(path)
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

  async "keeps what was committed over a close"(folder) {
    const path = join(folder, "mesh.db")
    const first = await openLedger(path, { now: () => 7 })
    await first.transact((tx) =>
      appendEvent(tx, { type: "fleet.created", fleetId: "flt_1", data: { name: "é" } }),
    )
    await first.close()
    const second = await openLedger(path)
    assert.deepEqual(
      (await second.read((db) => eventsSince(db, 0))).map((row) => ({ ...row })),
      [
        {
          seq: 1,
          at: 7,
          type: "fleet.created",
          fleet_id: "flt_1",
          agent_id: null,
          data: '{"name":"é"}',
        },
      ],
    )
    await second.close()
  },

  async "commits all of a change or nothing"(folder) {
    const ledger = await openLedger(join(folder, "mesh.db"))
    const fault = new Error("halfway")
    await assert.rejects(
      ledger.transact(async (tx) => {
        await appendEvent(tx, { type: "fleet.created" })
        throw fault
      }),
      (error) => error === fault,
    )
    assert.deepEqual(await ledger.read((db) => eventsSince(db, 0)), [])
    await ledger.transact((tx) => appendEvent(tx, { type: "fleet.ended" }))
    assert.equal((await ledger.read((db) => eventsSince(db, 0))).length, 1)
    await ledger.close()
  },

  async "answers with what the change returned, and a MeshError of it as it is"(folder) {
    const ledger = await openLedger(join(folder, "mesh.db"))
    assert.equal(await ledger.transact(() => "value"), "value")
    const refusal = new MeshError("NO_FLEET", "none", "spawn one")
    await assert.rejects(
      ledger.transact(() => {
        throw refusal
      }),
      (error) => error === refusal,
    )
    await ledger.close()
  },

  async "runs each change once, in turn, however many one process asks for at once"(folder) {
    const ledger = await openLedger(join(folder, "mesh.db"))
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        ledger.transact(async (tx) => {
          order.push(at)
          await appendEvent(tx, { type: "agent.queued" })
        }),
      ),
    )
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      Array.from({ length: 50 }, (_, at) => at),
    )
    assert.equal((await ledger.read((db) => eventsSince(db, 0))).length, 50)
    await ledger.close()
  },

  async "tells once of its own commits and of anybody else's"(folder) {
    const path = join(folder, "mesh.db")
    const [own, other] = [await openLedger(path), await openLedger(path)]
    let calls = 0
    const unsubscribe = own.subscribe(() => void calls++)
    await own.transact((tx) => appendEvent(tx, { type: "fleet.created" }))
    await untilTrue(() => calls === 1)
    await other.transact((tx) => appendEvent(tx, { type: "fleet.ended" }))
    await untilTrue(() => calls === 2)
    await assert.rejects(
      other.transact(() => {
        throw new Error("nothing")
      }),
    )
    await own.transact((tx) => tx.run("DELETE FROM events WHERE seq = 77"))
    await other.transact((tx) => appendEvent(tx, { type: "fleet.ended" }))
    await untilTrue(() => calls > 2)
    assert.equal(calls, 3)
    unsubscribe()
    await own.close()
    await other.close()
  },

  async "waits for another writer without holding up this process, and gives up with LEDGER_BUSY"(
    folder,
  ) {
    const path = join(folder, "mesh.db")
    const ledger = await openLedger(path, { patienceMs: 150 })
    const other = await openConnection(path)
    other.exec("BEGIN IMMEDIATE")
    let calls = 0
    let longest = 0
    let last = performance.now()
    const pulse = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    await assert.rejects(
      ledger.transact(() => calls++),
      codeIs("LEDGER_BUSY"),
    )
    clearInterval(pulse)
    assert.equal(calls, 0)
    assert.ok(longest < 100, `the event loop stood still for ${longest} ms`)
    const waiting = ledger.transact(() => ++calls)
    other.exec("COMMIT")
    assert.equal(await waiting, 1)
    other.close()
    await ledger.close()
  },

  async "refuses another program's database and leaves every byte of it"(folder) {
    for (const [name, sql] of Object.entries({
      "tables.db": "CREATE TABLE notes (id)",
      "version.db": "PRAGMA user_version = 3; VACUUM",
      "marked.db": "PRAGMA application_id = 42; VACUUM",
      "wal.db": "PRAGMA journal_mode = WAL; CREATE TABLE notes (id)",
    }))
      await refused(join(folder, name), sql, "LEDGER_FOREIGN")
  },

  async "refuses a newer schema and leaves every byte of it"(folder) {
    await refused(
      join(folder, "mesh.db"),
      `PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion + 1}; CREATE TABLE later (id)`,
      "LEDGER_NEWER",
    )
  },

  async "refuses a file that is no database and leaves every byte of it"(folder) {
    const path = join(folder, "mesh.db")
    const bytes = Buffer.from("these are my notes\n".repeat(500))
    writeFileSync(path, bytes)
    await assert.rejects(openLedger(path), codeIs("LEDGER_FOREIGN", path))
    assert.deepEqual(readFileSync(path), bytes)
  },

  async "says which file cannot be opened"(folder) {
    const path = join(folder, "mesh.db")
    mkdirSync(path)
    await assert.rejects(openLedger(path), codeIs("LEDGER_UNAVAILABLE", path))
    writeFileSync(join(folder, "file"), "")
    await assert.rejects(
      openLedger(join(folder, "file", "mesh.db")),
      codeIs("LEDGER_UNAVAILABLE", "file"),
    )
  },

  async "reads a damaged page as an error of its own, never as another's"(folder) {
    const path = join(folder, "mesh.db")
    const ledger = await openLedger(path)
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
        const damaged = await openLedger(path)
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

const untilTrue = async (check: () => boolean) => {
  for (const giveUpAt = Date.now() + 5000; !check();) {
    assert.ok(Date.now() < giveUpAt, "not within 5 s")
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const codeIs =
  (code: string, named = "") =>
  (error: unknown) => {
    assert.ok(error instanceof MeshError, String(error))
    assert.equal(error.code, code)
    assert.ok(error.detail.includes(named), error.detail)
    return true
  }

const refused = async (path: string, sql: string, code: string) => {
  const theirs = await openConnection(path)
  theirs.exec(sql)
  theirs.close()
  const before = readFileSync(path)
  await assert.rejects(openLedger(path), codeIs(code, path))
  assert.deepEqual(readFileSync(path), before)
}
