import { afterAll, beforeAll, test } from "bun:test"
import { join } from "node:path"
import type { Puppet } from "../support/puppet.ts"
import { openScreen, type Screen } from "../support/screen.ts"
import type { Lead } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

const cli = join(import.meta.dir, "../../../plugin/cli/main.ts")
let world: World
let lead: Lead
let digger: Puppet
let screen: Screen | undefined

beforeAll(async () => {
  world = await createWorld({ settings: { isolation: "shared", linger_ms: 500 } })
  lead = await (await world.window()).lead("lead")
  digger = world.member("digger")
})
afterAll(async () => {
  await screen?.end()
  await world?.end()
})

/** `meshfleet attach digger` in a person's terminal. */
const attach = () =>
  openScreen(
    { ...world, opencode: process.execPath, folder: world.home },
    { args: [cli, "attach", "digger"] },
  )

test("attach opens the session of an agent at work, in its own host, as it goes on", async () => {
  await lead.call("spawn_fleet", {
    agents: [{ name: "digger", role: "Digger", prompt: "Dig where it is soft." }],
  })
  await digger.call("bash", { command: "echo the soil is soft", description: "Look at the soil" })
  screen = await attach()
  await screen.until("the soil is soft")
  await digger.says("I have dug deep.")
  await screen.until("I have dug deep.")
  await world.untilAgent("digger", "complete")
  await screen.end()
})

test("and the stored one once its host is gone", async () => {
  await world.until("its host has ended", async () =>
    (await world.events()).find(({ type }) => type === "host.ended"),
  )
  screen = await attach()
  await screen.until("I have dug deep.")
})
