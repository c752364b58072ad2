import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openConnection } from "../../../../plugin/mesh/ledger/sqlite/connection.ts"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
/** Three fleets: two ended in 1970, of which the second has the newest message, and one just now. */
beforeEach(async () => {
  shell = await createShell()
  for (const [id, ended_at] of [
    ["flt_1", 1000],
    ["flt_2", 2000],
    ["flt_3", Date.now()],
  ] as const)
    await shell.given(id, ["a1", "a2"], { status: "complete", ended_at })
  await shell.mail("msg_1", "flt_1", "a1-1", "a2-1", "look")
  await shell.mail("msg_2", "flt_2", "a1-2", "a2-2", "look")
  await shell.ledger.transact(async (tx) => {
    await tx.run("UPDATE deliveries SET state = 'acked', acked_at = 1")
    await tx.run("UPDATE messages SET created_at = 1")
  })
})
afterEach(() => shell.end())

const fleets = async () =>
  (
    await shell.ledger.read((db) => db.all<{ id: string }>("SELECT id FROM fleets ORDER BY id"))
  ).map(({ id }) => id)

test("what is old enough goes, and what stays is listed with the reason", async () => {
  mkdirSync(join(shell.home, "logs"), { recursive: true })
  writeFileSync(join(shell.home, "logs", "hst_1.log"), "")
  await shell.ledger.transact((tx) =>
    tx.run(
      `INSERT INTO hosts (id, fleet_id, nonce_hash, directory, specialists, status, created_at, ended_at)
       VALUES ('hst_1', 'flt_1', '', '', '[]', 'ended', 1, 2)`,
    ),
  )
  const { code, out } = await shell.run(["prune"])
  expect(code).toBe(0)
  expect(out).toMatch(
    /^Taken away, ended before \d{4}-\d\d-\d\d: 1 fleet, 2 agents, 1 message, 2 events\.\n/,
  )
  expect(out).toMatch(/\nThe ledger has 0\.\d MB; before it had 0\.\d MB\.\n/)
  expect(out).toMatch(/flt_2 +shop +it has the newest message of the ledger\n/)
  expect(await fleets()).toEqual(["flt_2", "flt_3"])
  expect(existsSync(join(shell.home, "logs", "hst_1.log"))).toBe(false)
  expect((await shell.run(["verify"])).out).not.toContain("flt_1")
  const again = await shell.run(["status", "flt_1"])
  expect(again.err).toStartWith('[UNKNOWN_FLEET] No fleet "flt_1" in this project.')
})

test("a dry run says what would go, as JSON too, and takes nothing", async () => {
  expect((await shell.run(["prune", "--dry-run"])).out).toStartWith("Would take away, ended before")
  const { out } = await shell.run(["prune", "--dry-run", "--json"])
  expect(JSON.parse(out)).toEqual({
    dry_run: true,
    ended_before: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    fleets: 1,
    agents: 2,
    messages: 1,
    events: 2,
    kept: [{ fleet_id: "flt_2", name: "shop", reason: "it has the newest message of the ledger" }],
    bytes_before: expect.any(Number),
    bytes_after: expect.any(Number),
  })
  expect(await fleets()).toEqual(["flt_1", "flt_2", "flt_3"])
})

test("an age may be given, and one nobody means is refused", async () => {
  expect((await shell.run(["prune", "--older-than", "36500d"])).out).toStartWith(
    "No fleet that ended before",
  )
  expect(await fleets()).toHaveLength(3)
  for (const wrong of ["30", "0d", "d", "36501d", "1y", "-1d"]) {
    const { code, err } = await shell.run(["prune", `--older-than=${wrong}`])
    expect(code).toBe(2)
    expect(err).toContain("a number above 0 and h, d or w, as in 30d")
  }
  expect((await shell.run(["prune", "--older-than", "500w", "--json"])).code).toBe(0)
  expect(await fleets()).toEqual(["flt_2", "flt_3"])
})

test("where history is kept for good, an age has to be given", async () => {
  const env = { MESHFLEET_RETENTION_DAYS: "0" }
  const { code, err } = await shell.run(["prune"], { env })
  expect(code).toBe(2)
  expect(err).toContain("history is kept for good.")
  expect((await shell.run(["prune", "--older-than", "30d"], { env })).code).toBe(0)
  expect(await fleets()).toEqual(["flt_2", "flt_3"])
})

test("other projects are left alone, but for --all", async () => {
  await shell.given("flt_9", ["a1"], { status: "complete", ended_at: 1000, project: "/other" })
  await shell.run(["prune"])
  expect(await fleets()).toEqual(["flt_2", "flt_3", "flt_9"])
  await shell.run(["prune", "--all"])
  expect(await fleets()).toEqual(["flt_2", "flt_3"])
})

describe("a ledger of an earlier version", () => {
  beforeEach(async () => {
    const db = await openConnection(join(shell.home, "mesh.db"))
    await shell.ledger.close()
    db.exec("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM")
    db.close()
  })
  const mode = async () => {
    const db = await openConnection(join(shell.home, "mesh.db"))
    const found = db.get<{ auto_vacuum: number }>("PRAGMA auto_vacuum")!.auto_vacuum
    db.close()
    return found
  }

  test("is written anew when nothing runs", async () => {
    const { out } = await shell.run(["prune"])
    expect(out).not.toContain("left")
    expect(await mode()).toBe(2)
  })

  test("is left as it is while a fleet of any project runs, which is told", async () => {
    const db = await openConnection(join(shell.home, "mesh.db"))
    db.exec(
      "UPDATE fleets SET status = 'running', ended_at = NULL, project = '/other' WHERE id = 'flt_3'",
    )
    db.close()
    const { out } = await shell.run(["prune", "--json"])
    expect(JSON.parse(out)).toMatchObject({
      fleets: 1,
      not_rewritten: "a fleet is running, and nobody could write meanwhile",
    })
    expect((await shell.run(["prune"])).out).toContain(
      "Free space stays in the file until it is rewritten, which was left: a fleet is running",
    )
    expect(await mode()).toBe(0)
  })
})

test("no model takes history away: not an agent's, not a lead's", async () => {
  const opencode = await shell.leadingOpenCode()
  for (const options of [{ insideAgent: true }, { ancestors: [opencode] }, { unattended: true }]) {
    const { code, err } = await shell.run(["prune"], options)
    expect(code).toBe(1)
    expect(err).toStartWith("[NOT_ALLOWED]")
    expect((await shell.run(["prune", "--dry-run"], options)).code).toBe(0)
  }
  expect(await fleets()).toEqual(["flt_1", "flt_2", "flt_3"])
})
