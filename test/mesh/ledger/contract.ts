import assert from "node:assert/strict"
import type { EventRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { Ledger, LedgerOptions, Tx } from "../../../plugin/mesh/ledger/port.ts"
import { migrations, schemaVersion } from "../../../plugin/mesh/ledger/migrations.ts"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"

/** An empty place for a ledger, and what others may do to it. */
export interface LedgerPlace {
  /** Several that are opened here share one database, as those of several processes do. */
  open(options?: LedgerOptions): Promise<Ledger>
  /** Keeps everybody from writing, as a transaction of another process does, until it is ended. */
  lock(): Promise<() => Promise<void>>
  /** Leaves tables of another program here. */
  makeForeign(): Promise<void>
  /** Leaves a ledger of this schema version here. */
  makeVersion(version: number): Promise<void>
  /** Runs a statement as another program would. */
  put(sql: string): Promise<void>
  /** All that is here, in some form that can be compared. */
  contents(): Promise<unknown>
}

const add = (tx: Tx, type: string, agentId: string | null = null) =>
  tx.run(
    "INSERT INTO events (at, type, agent_id, data) VALUES (?, ?, ?, '{}')",
    tx.at,
    type,
    agentId,
  )

const typesIn = (ledger: Ledger) =>
  ledger.read(async (db) =>
    (await db.all<{ type: string }>("SELECT type FROM events ORDER BY seq")).map(
      ({ type }) => type,
    ),
  )

/**
 * What every ledger promises, whatever runtime and database it is on. It uses nothing but node's own
 * modules, so that Bun and Node run the same.
 */
export const ledgerContract: Record<string, (place: LedgerPlace) => Promise<void>> = {
  async "keeps what was committed over a close"(place) {
    const first = await place.open({ now: () => 1_900_000_000_007 })
    await first.transact((tx) => add(tx, "fleet.created", "é"))
    await first.close()
    const second = await place.open()
    const row = await second.read((db) => db.get<EventRow>("SELECT * FROM events"))
    assert.deepEqual(
      { ...row },
      {
        ...{ seq: 1, at: 1_900_000_000_007, type: "fleet.created" },
        ...{ fleet_id: null, agent_id: "é", data: "{}" },
      },
    )
    await second.close()
  },

  async "commits all of a change or nothing"(place) {
    const ledger = await place.open()
    const fault = new Error("halfway")
    await assert.rejects(
      ledger.transact(async (tx) => {
        await add(tx, "lost")
        throw fault
      }),
      (error) => error === fault,
    )
    assert.deepEqual(await typesIn(ledger), [])
    await assert.rejects(
      ledger.transact(async (tx) => {
        await add(tx, "lost")
        await tx.run("INSERT INTO no_such_table VALUES (1)")
      }),
    )
    await ledger.transact((tx) => add(tx, "kept"))
    assert.deepEqual(await typesIn(ledger), ["kept"])
    await ledger.close()
  },

  async "answers with what the change returned, and a MeshError of it as it is"(place) {
    const ledger = await place.open()
    assert.equal(await ledger.transact(async () => "value"), "value")
    assert.equal(await ledger.read(async () => "value"), "value")
    const refusal = new MeshError("NO_FLEET", "none", "spawn one")
    for (const act of [ledger.transact, ledger.read])
      await assert.rejects(
        act(async () => {
          throw refusal
        }),
        (error) => error === refusal,
      )
    await ledger.close()
  },

  async "gives a transaction its time and ids, taken once nobody else writes"(place) {
    let now = 0
    const ledger = await place.open({ now: () => ++now })
    const times = await Promise.all(
      [1, 2].map(() =>
        ledger.transact(async (tx) => {
          await add(tx, "agent.queued")
          return [tx.at, tx.at, tx.newId.fleet().slice(0, 4)]
        }),
      ),
    )
    assert.deepEqual(times, [
      [1, 1, "flt_"],
      [2, 2, "flt_"],
    ])
    await ledger.close()
  },

  async "runs each change once, one after the other, in the order of the calls"(place) {
    const ledger = await place.open()
    const log: string[] = []
    await Promise.all(
      Array.from({ length: 30 }, (_, at) =>
        ledger.transact(async (tx) => {
          log.push(`${at} begins`)
          await add(tx, `${at}`)
          await tx.get("SELECT count(*) AS count FROM events")
          log.push(`${at} ends`)
        }),
      ),
    )
    const order = Array.from({ length: 30 }, (_, at) => at)
    assert.deepEqual(
      log,
      order.flatMap((at) => [`${at} begins`, `${at} ends`]),
    )
    assert.deepEqual(await typesIn(ledger), order.map(String))
    await ledger.close()
  },

  async "shows a transaction its own writes, and nobody else half of them"(place) {
    const ledger = await place.open()
    const other = await place.open()
    const looks = await ledger.transact(async (tx) => {
      await add(tx, "first")
      const seen = [await typesIn(ledger), await typesIn(other)]
      await add(tx, "second")
      const own = await tx.get<{ count: number }>("SELECT count(*) AS count FROM events")
      return [...seen, own!.count]
    })
    assert.deepEqual(looks, [[], [], 2])
    assert.deepEqual(await typesIn(ledger), ["first", "second"])
    assert.deepEqual(await typesIn(other), ["first", "second"])
    await ledger.close()
    await other.close()
  },

  async "reads all of one moment, whatever is committed meanwhile"(place) {
    const ledger = await place.open()
    const other = await place.open()
    await ledger.transact((tx) => add(tx, "before"))
    const counts = await ledger.read(async (db) => {
      const count = async () =>
        (await db.get<{ count: number }>("SELECT count(*) AS count FROM events"))!.count
      const first = await count()
      await other.transact((tx) => add(tx, "of another"))
      const second = await count()
      await ledger.transact((tx) => add(tx, "our own"))
      return [first, second, await count()]
    })
    assert.deepEqual(counts, [1, 1, 1])
    assert.equal((await typesIn(ledger)).length, 3)
    await ledger.close()
    await other.close()
  },

  async "tells of every commit, our own and others', and of nothing else"(place) {
    const ledger = await place.open()
    const other = await place.open()
    const heard: string[] = []
    const stop = ledger.subscribe(() => heard.push("a"))
    ledger.subscribe(() => heard.push("b"))
    const hears = async (what: string[]) => {
      for (let wait = 0; wait < 200 && heard.length < what.length; wait++) await pause(10)
      // Whoever is called twice for one commit is called by now.
      await pause(120)
      assert.deepEqual([...new Set(heard.splice(0))], what)
    }
    await hears([])
    await ledger.transact((tx) => add(tx, "own"))
    await hears(["a", "b"])
    await other.transact((tx) => add(tx, "another's"))
    await hears(["a", "b"])
    await assert.rejects(
      other.transact(async (tx) => {
        await add(tx, "undone")
        throw new Error("nothing")
      }),
    )
    await typesIn(ledger)
    await hears([])
    stop()
    stop()
    await other.transact((tx) => add(tx, "another's"))
    await hears(["b"])
    await ledger.close()
    await other.close()
  },

  async "waits for another writer without holding up this process, and gives up with LEDGER_BUSY"(
    place,
  ) {
    // Long beside what a busy machine lets a process stand still.
    const patienceMs = 600
    const ledger = await place.open({ patienceMs })
    const unlock = await place.lock()
    let calls = 0
    let longest = 0
    let last = performance.now()
    const pulse = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }, 1)
    const began = performance.now()
    const outcomes = await Promise.allSettled([
      ledger.transact(async () => calls++),
      ledger.transact(async () => calls++),
      ledger.read(async (db) => db.all("SELECT * FROM events")),
    ])
    clearInterval(pulse)
    assert.deepEqual(
      outcomes.map((each) => (each.status === "rejected" ? each.reason.code : each.value)),
      ["LEDGER_BUSY", "LEDGER_BUSY", []],
    )
    assert.equal(calls, 0)
    assert.ok(performance.now() - began < 5000, "each call has its own patience")
    assert.ok(longest < (patienceMs * 2) / 3, `the event loop stood still for ${longest} ms`)
    const waiting = ledger.transact(async () => ++calls)
    await unlock()
    assert.equal(await waiting, 1)
    await ledger.close()
  },

  async "keeps every text and number as it was"(place) {
    const ledger = await place.open()
    const texts = ["", "\u0010", "\u00100041", "🛰️ é ß", "'; DROP TABLE events; --", "a?b"]
    // node:sqlite of Node 22 stores a NUL, but reads a text only up to it.
    if (process.versions["bun"] || Number.parseInt(process.versions.node, 10) >= 24)
      texts.push("NUL \0 in it")
    await ledger.transact(async (tx) => {
      for (const text of texts) await add(tx, "text", text)
      await tx.run(
        "INSERT INTO usage (agent_id, message_id, attempt, tokens, cost_usd) VALUES (?, ?, ?, ?, ?)",
        ...["agent", "step", 1, 9_007_199_254_740_991, 0.1],
      )
    })
    await ledger.read(async (db) => {
      const kept = await db.all<{ agent_id: string }>("SELECT agent_id FROM events ORDER BY seq")
      assert.deepEqual(
        kept.map((row) => row.agent_id),
        texts,
      )
      for (const text of texts)
        assert.equal(
          (await db.get<{ n: number }>(
            "SELECT count(*) AS n FROM events WHERE agent_id = ?",
            text,
          ))!.n,
          1,
        )
      const row = await db.get<object>(
        `SELECT sum(tokens) AS sum, max(tokens) AS max, sum(cost_usd) AS cost, count(*) AS count,
           attempt = 1 AS truth, NULL AS none FROM usage GROUP BY attempt`,
      )
      assert.deepEqual(
        { ...row },
        {
          ...{ sum: 9_007_199_254_740_991, max: 9_007_199_254_740_991 },
          ...{ cost: 0.1, count: 1, truth: 1, none: null },
        },
      )
      assert.equal(await db.get("SELECT * FROM events WHERE seq = 0"), undefined)
    })
    await ledger.close()
  },

  async "orders text by its bytes, and says how many rows a change met"(place) {
    const ledger = await place.open()
    await ledger.transact(async (tx) => {
      for (const name of ["b", "B", "a_", "ä", "a", "aB", "Z", "-"]) await add(tx, "text", name)
      assert.deepEqual(await tx.run("UPDATE events SET at = 5 WHERE agent_id < 'a'"), {
        changes: 3,
      })
      assert.deepEqual(await tx.run("UPDATE events SET at = 6 WHERE agent_id = 'none'"), {
        changes: 0,
      })
      const upsert = (until: number) =>
        tx.run(
          `INSERT INTO cooldowns (provider, until, reason) VALUES ('p', ?, '')
           ON CONFLICT (provider) DO UPDATE SET until = excluded.until
           WHERE excluded.until > cooldowns.until`,
          until,
        )
      assert.deepEqual(
        [await upsert(5), await upsert(4), await upsert(6)],
        [{ changes: 1 }, { changes: 0 }, { changes: 1 }],
      )
      const { changes } = await tx.run("DELETE FROM events WHERE at = 5")
      assert.equal(changes, 3)
    })
    const rows = await ledger.read((db) =>
      db.all<{ name: string }>("SELECT agent_id AS name FROM events ORDER BY agent_id"),
    )
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["a", "aB", "a_", "b", "ä"],
    )
    await ledger.close()
  },

  async "numbers what is committed without a gap, in the order of the commits"(place) {
    const [one, other] = [await place.open(), await place.open()]
    const attempts = [one, other].flatMap((ledger) =>
      Array.from({ length: 10 }, (_, at) =>
        ledger.transact(async (tx) => {
          await add(tx, "e")
          const own = await tx.get<{ seq: number }>(
            "INSERT INTO events (at, type, data) VALUES (1, 'e', '{}') RETURNING seq",
          )
          if (at % 3 === 0) throw new Error("taken back")
          return own!.seq
        }),
      ),
    )
    const outcomes = await Promise.allSettled(attempts)
    const kept = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
    assert.equal(kept.length, 12)
    const rows = await one.read((db) =>
      db.all<{ seq: number }>("SELECT seq FROM events ORDER BY seq"),
    )
    assert.deepEqual(
      rows.map(({ seq }) => seq),
      Array.from({ length: 24 }, (_, at) => at + 1),
    )
    assert.deepEqual(
      kept.toSorted((a, b) => a - b),
      Array.from({ length: 12 }, (_, at) => at * 2 + 2),
    )
    await one.close()
    await other.close()
  },

  async "is made once, however many begin with nothing at the same time"(place) {
    const ledgers = await Promise.all([1, 2, 3, 4].map(() => place.open()))
    await Promise.all(ledgers.map((ledger, at) => ledger.transact((tx) => add(tx, `${at}`))))
    for (const ledger of ledgers) assert.equal((await typesIn(ledger)).length, 4)
    await Promise.all(ledgers.map((ledger) => ledger.close()))
  },

  async "is brought up to date once, however many open an older schema, and keeps what is in it"(
    place,
  ) {
    await place.makeVersion(1)
    await place.put("INSERT INTO events (seq, at, type, data) VALUES (7, 1, 'kept', '{}')")
    const ledgers = await Promise.all([1, 2, 3].map(() => place.open()))
    for (const ledger of ledgers) {
      assert.deepEqual(await ledger.read((db) => db.all("SELECT * FROM leases")), [])
      assert.deepEqual(await typesIn(ledger), ["kept"])
    }
    await Promise.all(ledgers.map((ledger) => ledger.close()))
  },

  async "refuses another program's database and changes nothing in it"(place) {
    await place.makeForeign()
    const before = await place.contents()
    await assert.rejects(place.open(), codeIs("LEDGER_FOREIGN"))
    assert.deepEqual(await place.contents(), before)
  },

  async "refuses a newer schema and changes nothing in it"(place) {
    await place.makeVersion(schemaVersion + 1)
    const before = await place.contents()
    await assert.rejects(place.open(), codeIs("LEDGER_NEWER", String(schemaVersion + 1)))
    assert.deepEqual(await place.contents(), before)
  },

  async "stays what it was when a step to a newer schema fails, and comes to it later"(place) {
    const old = await place.open()
    await old.transact((tx) => add(tx, "kept"))
    await old.close()
    const good = "CREATE TABLE good (id TEXT PRIMARY KEY);"
    const bad = "ALTER TABLE nothing ADD COLUMN x TEXT;"
    await assert.rejects(place.open({ migrations: [...migrations, good, bad] }))
    const again = await place.open()
    await again.transact((tx) => add(tx, "written"))
    assert.deepEqual(await typesIn(again), ["kept", "written"])
    await assert.rejects(again.read((db) => db.all("SELECT * FROM good")))
    await again.close()
    const newer = await place.open({ migrations: [...migrations, good] })
    assert.deepEqual(await newer.read((db) => db.all("SELECT * FROM good")), [])
    assert.deepEqual(await typesIn(newer), ["kept", "written"])
    await newer.close()
  },

  async "that was brought to a newer schema is written no more by who does not know it"(place) {
    const old = await place.open()
    await old.transact((tx) => add(tx, "before"))
    const newer = await place.open({
      migrations: [...migrations, "ALTER TABLE events ADD COLUMN machine TEXT;"],
    })
    let calls = 0
    const write = () =>
      old.transact((tx) => {
        calls++
        return add(tx, "of an old shape")
      })
    for (let tries = 0; tries < 2; tries++)
      await assert.rejects(write(), codeIs("LEDGER_NEWER", String(schemaVersion + 1)))
    assert.equal(calls, 0)
    // Nobody is kept waiting by it, and it may still look.
    await newer.transact((tx) => add(tx, "after"))
    assert.deepEqual(await typesIn(old), ["before", "after"])
    const [row] = await old.read((db) => db.all<object>("SELECT * FROM events ORDER BY seq"))
    assert.equal((row as { type: string }).type, "before")
    await old.close()
    await newer.close()
  },
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export const codeIs =
  (code: string, ...named: string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof MeshError, String(error))
    assert.equal(error.code, code)
    for (const each of named) assert.ok(error.detail.includes(each), error.detail)
    return true
  }
