import { afterEach, beforeEach, expect, test } from "bun:test"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { openConnection } from "../../../../plugin/mesh/ledger/sqlite/connection.ts"
import { asTables, version1, version2 } from "../../../mesh/support/agent-mesh.ts"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
let source: string
beforeEach(async () => {
  shell = await createShell()
  source = join(shell.folder, "old")
  mkdirSync(source)
})
afterEach(() => shell.end())

const files = () =>
  Object.fromEntries(
    readdirSync(source).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(source, name)))
        .digest("hex"),
    ]),
  )
const bring = (...args: string[]) => shell.run(["import", ...args])

test("a ledger of agent-mesh in JSON is imported once, and its mail is read and acknowledged", async () => {
  const file = join(source, "agent-mesh.json")
  writeFileSync(file, JSON.stringify(version1(), null, 2))
  const before = files()
  const tried = await bring(file, "--dry-run")
  expect(tried.out).toContain("Would import 1 fleets, 2 agents,")
  expect(tried.out).toContain("Nothing was changed.")
  expect((await shell.run(["status"])).out).not.toContain("agent-mesh")
  const { code, out } = await bring(file)
  expect(code).toBe(0)
  expect(out).toContain("Imported 1 fleets, 2 agents,")
  expect(out).toContain("Left out: 1 registered capabilities.")
  const again = await bring(file)
  expect(again.code).toBe(0)
  expect(again.out).toContain("was imported before, at ")
  expect(files()).toEqual(before)

  expect((await shell.run(["verify"])).code).toBe(0)
  expect((await shell.run(["inbox", "lead"])).out).toContain("Which port?")
  expect((await shell.run(["inbox", "security-reviewer-2"])).out).toContain('{"port":80}')
  const call = async (tool: string, args: object) =>
    JSON.parse((await shell.run(["call", tool, JSON.stringify(args)])).out)
  expect(await call("get_inbox", {})).toMatchObject({ messages: [{ id: "msg-2" }] })
  expect(await call("ack_message", { message_id: "msg-2" })).toEqual({ ok: true })
  expect(await call("get_inbox", {})).toMatchObject({ messages: [] })
  expect(await call("collect_results", { fleet_id: "fleet-1" })).toMatchObject({
    complete: true,
    results: [{ output: "none found" }, { status: "failed" }],
  })
})

test("its SQLite file is imported while agent-mesh has it open, and neither it nor what lies beside it changes", async () => {
  const file = join(source, "agent-mesh.db")
  const theirs = await openConnection(file)
  theirs.exec("PRAGMA journal_mode = WAL")
  for (const sql of asTables(version2())) theirs.exec(sql)
  const before = files()
  expect(Object.keys(before)).toContain("agent-mesh.db-wal")
  const { code, out } = await bring(file, "--json")
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ from: "agent-mesh", counts: { fleets: 2, agents: 4 } })
  expect(files()).toEqual(before)
  theirs.close()
  // Closed it is one file, and still the same ledger.
  expect((await bring(file)).out).toContain("was imported before")
  expect(Object.keys(files())).toEqual(["agent-mesh.db"])
})

test("what export wrote is imported, and what ran there is named", async () => {
  await shell.given("flt_shop", ["a1"])
  const file = join(source, "backup.jsonl")
  await shell.run(["export", "--file", file])
  const there = { env: { MESHFLEET_HOME: join(shell.folder, "elsewhere") } }
  const { code, out } = await shell.run(["import", file], there)
  expect(code).toBe(0)
  expect(out).toContain("Imported 1 fleets, 1 agents,")
  expect(out).toContain("ended here as failed (HOST_LOST): flt_shop.")
  expect((await shell.run(["status"], there)).out).toContain("failed")
  const twice = await shell.run(["import", file], there)
  expect(twice.code).toBe(1)
  expect(twice.err).toContain("[NAME_TAKEN] This ledger has some of it already: fleets flt_shop")
})

test("a file that is none of these is refused and stays as it is", async () => {
  const ours = join(source, "mesh.db")
  const db = await openConnection(ours)
  db.exec("CREATE TABLE notes (id)")
  db.close()
  writeFileSync(join(source, "notes.txt"), "these are my notes\n")
  writeFileSync(join(source, "empty"), "")
  const before = files()
  for (const [name, says] of [
    ["mesh.db", "none of agent-mesh"],
    ["notes.txt", "it is no JSON"],
    ["empty", "it is no JSON"],
    ["nothing", "There is no file"],
  ] as const) {
    const { code, err } = await bring(join(source, name))
    expect(code).toBe(1)
    expect(err).toContain("[INVALID_ARGUMENT]")
    expect(err).toContain(says)
  }
  expect(files()).toEqual(before)
  expect((await bring(join(shell.home, "mesh.db"))).err).toContain(
    "is a ledger of Meshfleet itself",
  )
})

test("only a person imports: a file could say that somebody has allowed everything", async () => {
  const opencode = await shell.leadingOpenCode()
  for (const options of [{ insideAgent: true }, { unattended: true }, { ancestors: [opencode] }]) {
    const { code, err } = await shell.run(["import", "x"], options)
    expect(code).toBe(1)
    expect(err).toContain("[NOT_ALLOWED]")
  }
})
