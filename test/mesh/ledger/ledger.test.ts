import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openConnection } from "../../../plugin/mesh/ledger/sqlite/connection.ts"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { startChild } from "../../support/child.ts"
import { ledgerContract } from "./contract.ts"
import { checkUnderNode, modernNode } from "./modern-node.ts"
import { fileContract } from "./sqlite/file-contract.ts"
import { sqlitePlace } from "./sqlite/place.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-ledger-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe("under Bun a ledger", () => {
  for (const [title, run] of Object.entries(ledgerContract))
    test(title, () => run(sqlitePlace(folder)))
  for (const [title, run] of Object.entries(fileContract)) test(title, () => run(folder))
})

const node = await modernNode()
if (node)
  test("under Node a ledger keeps the same contract", async () => {
    const { stdout, failures, status } = await checkUnderNode(node)
    expect(failures).toBe("")
    expect(stdout.trim().split("\n")).toHaveLength(
      Object.keys({ ...ledgerContract, ...fileContract }).length,
    )
    expect(status).toBe(0)
  })

describe("many processes", () => {
  test("write at once and lose nothing", async () => {
    const path = join(folder, "mesh.db")
    const names = Array.from({ length: 8 }, (_, at) => `writer-${at}`)
    const writers = names.map((name) => startChild("write-events", [path, name, "250"]))
    try {
      await Promise.all(writers.map((writer) => writer.says("ready")))
      for (const writer of writers) writer.tell("go\n")
      expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual(names.map(() => 0))
    } finally {
      for (const writer of writers) writer.kill()
    }
    const ledger = await openLedger(path)
    const counts = await ledger.read((db) =>
      db.all(
        "SELECT agent_id AS name, count(*) AS count FROM events GROUP BY agent_id ORDER BY agent_id",
      ),
    )
    await ledger.close()
    expect(counts).toEqual(names.map((name) => ({ name, count: 250 })))
  })

  test("see at once what another committed", async () => {
    const path = join(folder, "mesh.db")
    const ledger = await openLedger(path)
    const writer = startChild("write-events", [path, "writer", "1"])
    try {
      await writer.says("ready")
      const told = new Promise<void>((resolve) => ledger.subscribe(resolve))
      writer.tell("go\n")
      await told
      expect(await ledger.read((db) => eventsSince(db, 0))).toHaveLength(1)
    } finally {
      writer.kill()
      await ledger.close()
    }
  })
})

describe("a writer killed", () => {
  const isSound = async (path: string) => {
    const db = await openConnection(path)
    try {
      return db.get<{ integrity_check: string }>("PRAGMA integrity_check")!.integrity_check
    } finally {
      db.close()
    }
  }

  test("in mid-transaction loses nothing committed, leaves nothing half done, and frees the lock", async () => {
    const path = join(folder, "mesh.db")
    const other = await openLedger(path)
    const writer = startChild("stay-in-transaction", [path])
    try {
      await writer.says("inside")
      const waiting = other.transact(async (tx) =>
        (await eventsSince(tx, 0, undefined, 10_000)).map((event) => event.type),
      )
      writer.kill()
      expect(await writer.ended).toBe("SIGKILL")
      expect(await waiting).toEqual(["fleet.created"])
    } finally {
      writer.kill()
      await other.close()
    }
    expect(await isSound(path)).toBe("ok")
  })

  test("as the only one leaves a ledger that opens again", async () => {
    const path = join(folder, "mesh.db")
    const writer = startChild("stay-in-transaction", [path])
    try {
      await writer.says("inside")
    } finally {
      writer.kill()
    }
    await writer.ended
    const ledger = await openLedger(path)
    expect(await ledger.read((db) => eventsSince(db, 0, undefined, 10_000))).toHaveLength(1)
    await ledger.close()
    expect(await isSound(path)).toBe("ok")
  })

  test("at any moment loses no commit it reported", async () => {
    const path = join(folder, "mesh.db")
    for (const round of [1, 2, 3]) {
      const writer = startChild("write-events", [path, `round-${round}`, "100000"])
      try {
        await writer.says("ready")
        writer.tell("go\n")
        await writer.says(`wrote ${round * 50 + 1}`)
      } finally {
        writer.kill()
      }
      await writer.ended
      const reported = Number(writer.output().match(/wrote (\d+)\n(?!.*wrote \d+\n)/s)![1])
      const ledger = await openLedger(path)
      const [{ count } = { count: 0 }] = await ledger.read((db) =>
        db.all<{ count: number }>(
          "SELECT count(*) AS count FROM events WHERE agent_id = ?",
          `round-${round}`,
        ),
      )
      await ledger.close()
      expect(count).toBeGreaterThanOrEqual(reported)
    }
    expect(await isSound(path)).toBe("ok")
  }, 60_000)
})

test("a full disk is said as such, with nothing half done", async () => {
  const path = join(folder, "mesh.db")
  // The shell's limit on the size of a file, in units of 1,024 bytes: a disk that is full after 2 MB.
  const filler = startChild("fill-disk", [path], { shellLimit: "ulimit -f 2000" })
  await filler.ended
  const told = JSON.parse(filler.output()) as {
    committed: number
    kept: number
    code: string
    message: string
  }
  expect(told.code).toBe("LEDGER_UNAVAILABLE")
  expect(told.message).toContain("Next: Free some disk space")
  expect(told.committed).toBeGreaterThan(5)
  expect(told.kept).toBe(told.committed * 3)
  const ledger = await openLedger(path)
  expect(await ledger.read((db) => eventsSince(db, 0, undefined, 10_000))).toHaveLength(
    told.committed * 3,
  )
  await ledger.close()
})
