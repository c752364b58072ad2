import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
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
