import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { migrations } from "../../plugin/mesh/ledger/migrations.ts"
import { openLedger } from "../../plugin/mesh/ledger/ledger.ts"
import { output } from "../support/run.ts"
import { createWorld, type World } from "./support/world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld({
    agents: {
      lead: [
        { toolCalls: [{ name: "list_fleets", args: {} }] },
        { toolCalls: [{ name: "bash", args: { command: "echo still here", description: "Try" } }] },
        ({ toolResults }) => ({ text: toolResults.map(({ text }) => text.trim()).join(" | ") }),
      ],
      updated: [
        {
          toolCalls: [
            {
              name: "bash",
              args: { command: "echo here > waits; cat go", description: "Wait" },
            },
          ],
        },
        {
          toolCalls: [
            { name: "spawn_fleet", args: { agents: [{ role: "late", prompt: "Too late." }] } },
          ],
        },
        { toolCalls: [{ name: "bash", args: { command: "echo still here", description: "Try" } }] },
        ({ toolResults }) => ({ text: toolResults.map(({ text }) => text.trim()).join(" | ") }),
      ],
    },
  })
})
afterAll(() => world?.end())

test("a mesh home that cannot be written leaves OpenCode working, and the tools say so", async () => {
  const file = join(world.folder, "a-file")
  writeFileSync(file, "")
  const run = world.run("Go.", "lead", { MESHFLEET_HOME: join(file, "mesh") })
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain(
    `[LEDGER_UNAVAILABLE] The ledger ${file}/mesh/mesh.db cannot be opened`,
  )
  expect(run.output()).toContain("Next: Make that folder writable")
  expect(run.output()).toContain("| still here")
})

test("a ledger that is no database is left as it is, and OpenCode works", async () => {
  const home = join(world.folder, "corrupt")
  mkdirSync(home)
  writeFileSync(
    join(home, "mesh.db"),
    "This is not a database, but somebody may need it.".repeat(100),
  )
  const before = readFileSync(join(home, "mesh.db"))
  const run = world.run("Go.", "lead", { MESHFLEET_HOME: home })
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain(`[LEDGER_FOREIGN] ${home}/mesh.db`)
  expect(run.output()).toContain("| still here")
  expect(readFileSync(join(home, "mesh.db"))).toEqual(before)
})

test("a ledger that a newer Meshfleet takes over in mid-session is written no more, and OpenCode works", async () => {
  const home = join(world.folder, "updated")
  const [waits, go] = [join(world.project, "waits"), join(world.project, "go")]
  await output("mkfifo", [waits, go])
  const run = world.run("Go.", "updated", { MESHFLEET_HOME: home })
  expect(await Promise.race([readFile(waits, "utf8"), run.ended])).toBe("here\n")
  const newer = await openLedger(join(home, "mesh.db"), {
    migrations: [...migrations, "ALTER TABLE agents ADD COLUMN mood TEXT;"],
  })
  await Promise.race([writeFile(go, "on\n"), run.ended])
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain(`[LEDGER_NEWER] The ledger ${home}/mesh.db has schema`)
  expect(run.output()).toContain("restart OpenCode if Meshfleet was updated while it ran")
  expect(run.output()).toContain("| still here")
  expect(await newer.read((db) => db.all("SELECT id FROM fleets"))).toEqual([])
  await newer.close()
})
