import { afterEach, beforeEach, expect, test } from "bun:test"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { claimSession } from "../../../../plugin/mesh/ledger/tables/sessions.ts"
import { ownProcess } from "../../../../plugin/system/processes.ts"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => {
  shell = await createShell()
  mkdirSync(join(shell.project, ".git"))
})
afterEach(() => shell.end())

const at = (path: string) => join(shell.folder, path)
const write = (path: string, text: string) => {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}
const cached = ".cache/opencode/packages/opencode-meshfleet@latest"
const putCached = () => {
  write(`${cached}/node_modules/opencode-meshfleet/dist/meshfleet.js`, "")
  write(`${cached}/node_modules/opencode-meshfleet/package.json`, '{"name": "opencode-meshfleet"}')
}

test("what stays is told with its place, and purging takes all of it that is ours", async () => {
  putCached()
  write(".cache/opencode/packages/another@latest/package.json", "{}")
  write("mesh/notes.txt", "mine")
  write("mesh/logs/hst_1.log", "x")
  await shell.run(["install"])
  const { out } = await shell.run(["uninstall", "--dry-run"])
  for (const path of ["mesh/mesh.db", "mesh/logs", cached]) expect(out).toContain(`  ${at(path)}  `)
  expect(existsSync(at("project/opencode.json"))).toBe(true)

  const refused = await shell.run(["uninstall", "--purge"])
  expect(refused.err).toContain("Nobody can be asked here")
  expect(existsSync(at("project/opencode.json"))).toBe(true)

  const no = await shell.run(["uninstall", "--purge"], { isInteractive: true, stdin: ["no"] })
  expect(no.out).toContain("To be removed for good:")
  expect(existsSync(at("mesh/mesh.db"))).toBe(true)

  const done = await shell.run(["uninstall", "--purge", "--yes", "--json"])
  expect(JSON.parse(done.out)).toMatchObject({
    applied: true,
    changes: [{ path: at("project/opencode.json"), change: "remove" }],
    stays: [],
    purged: expect.arrayContaining([at("mesh/mesh.db"), at("mesh/logs"), at(cached)]),
  })
  for (const path of [
    "project/opencode.json",
    "mesh/mesh.db",
    "mesh/logs",
    "mesh/installed",
    cached,
  ])
    expect([path, existsSync(at(path))]).toEqual([path, false])
  // What is not ours stays, wherever it lies.
  expect(readFileSync(at("mesh/notes.txt"), "utf8")).toBe("mine")
  expect(existsSync(at(".cache/opencode/packages/another@latest"))).toBe(true)
})

test("nothing is purged while a fleet runs, or an OpenCode has the ledger open", async () => {
  await shell.run(["install"])
  await shell.given("flt_1", ["mapper"])
  const runs = await shell.run(["uninstall", "--purge", "--yes"])
  expect([runs.code, runs.err]).toEqual([1, expect.stringContaining("Fleet flt_1 (shop) runs.")])
  await shell.ledger.transact(async (tx) => {
    await tx.run("UPDATE fleets SET status = 'complete'")
    await claimSession(tx, {
      id: "ses_1",
      project: shell.project,
      agent_id: null,
      ...ownProcess(),
      updated_at: 1,
    })
  })
  const open = await shell.run(["uninstall", "--purge", "--yes"])
  expect(open.err).toContain(`OpenCode has the ledger open (process ${process.pid}).`)
  expect(existsSync(at("mesh/mesh.db"))).toBe(true)
  expect(existsSync(at("project/opencode.json"))).toBe(true)
  // The configuration alone may go at any time.
  expect((await shell.run(["uninstall"])).code).toBe(0)
  expect(existsSync(at("project/opencode.json"))).toBe(false)
})

test("a model never purges, and worktrees with work in them stay", async () => {
  const opencode = await shell.leadingOpenCode()
  const inside = await shell.run(["uninstall", "--purge", "--yes"], { ancestors: [opencode] })
  expect(inside.err).toContain("[NOT_ALLOWED] Only a person may do this")
  expect((await shell.run(["uninstall", "--purge", "--yes"], { unattended: true })).err).toContain(
    "No terminal has started this process",
  )
  write("mesh/worktrees/flt_1/mapper/work.txt", "work")
  const { out } = await shell.run(["uninstall", "--purge", "--yes"])
  expect(out).toContain(`${at("mesh/worktrees/flt_1/mapper")}  0.0 MB  a worktree of an agent`)
  expect(existsSync(at("mesh/worktrees/flt_1/mapper/work.txt"))).toBe(true)
  expect(existsSync(at("mesh/mesh.db"))).toBe(false)
})

test("every file that install has changed is given back, from wherever it is called", async () => {
  write("project/opencode.json", "{}")
  await shell.run(["install"])
  await shell.run(["install", "--global", "--tui"])
  write("project/.opencode/plugin/meshfleet.js", "")
  const { out } = await shell.run(["uninstall"], { env: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" } })
  expect(readFileSync(at("project/opencode.json"), "utf8")).toBe("{}")
  expect(existsSync(at(".config"))).toBe(false)
  expect(out).not.toContain("remove it yourself")
  expect((await shell.run(["uninstall"])).out).toContain(
    `OpenCode also loads ${at("project/.opencode/plugin/meshfleet.js")}: remove it yourself.`,
  )
})

test("an entry in a file that is broken now is not left behind in silence", async () => {
  write("project/opencode.json", '{ "plugin": ["opencode-meshfleet"] ')
  const { code, err } = await shell.run(["uninstall"])
  expect([code, err]).toEqual([1, expect.stringContaining("is not valid JSON")])
})
