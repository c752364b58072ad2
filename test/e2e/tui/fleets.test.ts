import { afterAll, beforeAll, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Puppet } from "../support/puppet.ts"
import { openScreen, type Screen } from "../support/screen.ts"
import { tuiFiles } from "../support/tui-files.ts"
import { createWorld, type World } from "../support/world.ts"

const root = join(import.meta.dir, "../../..")
const captures = join(root, ".captures/tui")
const names = ["mapper", "pusher", "maker"] as const
let world: World
let screen: Screen
let lead: Puppet
let members: Record<(typeof names)[number], Puppet>

beforeAll(async () => {
  world = await createWorld({
    settings: { isolation: "shared", linger_ms: 500 },
    config: { permission: { bash: { "*": "allow", "git push *": "ask" } } },
    files: {
      ...tuiFiles(),
    },
  })
  lead = world.member("lead")
  members = Object.fromEntries(names.map((name) => [name, world.member(name)])) as typeof members
  screen = await openScreen(world)
})
afterAll(async () => {
  await screen?.end()
  await world?.end()
})

/** Kept for people: what each step showed. */
const keep = async (name: string) => {
  mkdirSync(captures, { recursive: true })
  writeFileSync(join(captures, `${name}.txt`), await screen.text())
  writeFileSync(join(captures, `${name}.ansi`), await screen.text("-e"))
}

const bash = (command: string) => ({ name: "bash", args: { command, description: "Work" } })
test("the sidebar shows a fleet that runs, and who asks", async () => {
  await screen.until("Ask anything")
  await screen.type("[[as:lead]] Review the parser.")
  await screen.until("Review the parser.")
  await screen.press("Enter")
  await lead.call("spawn_fleet", {
    name: "parser-review",
    agents: names.map((name) => ({ name, role: name, prompt: `Be ${name}.` })),
  })
  await screen.until(/parser-review .*\d+s/)
  await members.pusher.answer({ toolCalls: [bash("git push origin main")] })
  await screen.until("pusher asks")
  const text = await screen.until(/● mapper/)
  expect(text).toContain("permission: bash git push")
  expect(text).toMatch(/1 asking · \d at work/)
  await keep("sidebar")
})

test("a question is answered in /fleets, and its agent goes on", async () => {
  await screen.type("/fleets")
  await screen.until("Watch and steer")
  await screen.press("Enter")
  await screen.until("Waiting for you")
  await keep("fleets")
  await screen.press("Enter")
  await screen.until("asks for a permission")
  await keep("answer")
  // A person reads first; the key itself has to count, not one that was pressed before.
  await new Promise((resolve) => setTimeout(resolve, 1100))
  await screen.press("Enter")
  const { toolResults } = await members.pusher.request()
  expect(toolResults.at(-1)!.text).toContain("origin")
  await screen.until((text) => !text.includes("Waiting for you"))
})

test("an agent is stopped in /fleets after a confirmation", async () => {
  for (let press = 0; press < 5 && !/maker, build/.test(await screen.text()); press++) {
    await screen.press("Down")
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  await screen.until(/maker {2}maker/)
  await screen.press("s")
  await screen.until("Stop maker?")
  await keep("stop")
  await screen.press("Enter")
  expect(await world.untilAgent("maker", "cancelled")).toMatchObject({ error_code: "CANCELLED" })
  await screen.until(/– maker +stopped/)
  await keep("stopped")
})

test("what changes in the ledger is on the screen within half a second", async () => {
  const seen = screen.until(/✓ mapper +done/).then(() => Date.now())
  await members.mapper.says("There are three parsers.")
  const { ended_at } = await world.untilAgent("mapper", "complete")
  const took = (await seen) - ended_at!
  console.log(`on the screen after ${took} ms`)
  expect(took).toBeLessThan(500)
})

test("a window without a sidebar has one line, and a resize loses nothing", async () => {
  await screen.press("Escape")
  await screen.until("parser-review")
  await screen.resize(90, 30)
  const text = await screen.until(/\/fleets\s*$/m)
  expect(text).toMatch(/parser-review .*done/)
  await keep("narrow")
  await screen.resize(160, 45)
  await screen.until(/✓ mapper/)
})
