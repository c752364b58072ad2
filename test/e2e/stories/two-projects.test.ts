import { cpSync, mkdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "bun:test"
import type { Puppet } from "../support/puppet.ts"
import type { Lead, View, Window } from "../support/window.ts"
import { bundle, createWorld, type World } from "../support/world.ts"

interface Side {
  view: View
  lead: Lead
  worker: Puppet
  fleetId: string
}

let world: World
let server: Window
let shop: Side
let blog: Side

const agentFile = (name: string) =>
  `---\ndescription: Knows the ${name}.\nmode: all\n---\nYou are the ${name}'s own.\n`

beforeAll(async () => {
  // The plugin is in the user's own folder too, as OpenCode's applications and their users have it.
  world = await createWorld({
    settings: { isolation: "shared", linger_ms: 500, agents_per_fleet: 2 },
    files: { ".opencode/agents/shopkeeper.md": agentFile("shop") },
  })
  const own = join(world.folder, "config/opencode/plugin")
  mkdirSync(own)
  cpSync(bundle, join(own, "meshfleet.js"))
  const folder = await world.addProject("blog", {
    settings: { isolation: "shared", linger_ms: 500, agents_per_fleet: 1, tools: "all" },
    config: { agent: { writer: { mode: "all", description: "W", prompt: "You are the writer." } } },
  })
  server = await world.window()
  const side = async (view: View, name: string) => ({
    view,
    lead: await view.lead(`${name}-lead`),
    worker: world.member(`${name}-worker`),
    fleetId: "",
  })
  shop = await side(server, "shop")
  blog = await side(server.at(folder), "blog")
})
afterAll(() => world?.end())

const spawn = (side: Side, agent: string, count = 1) =>
  side.lead.call("spawn_fleet", {
    agents: Array.from({ length: count }, (_, index) => ({
      name: index === 0 ? side.worker.name : `${side.worker.name}-${index}`,
      role: "Worker",
      prompt: "Work.",
      agent,
    })),
  })
const termOf = async ({ fleetId }: Side) =>
  (await world.fleets()).find(({ id }) => id === fleetId)!.term
const statusOf = async ({ fleetId }: Side) =>
  (await world.fleets()).find(({ id }) => id === fleetId)!.status

test("a project's fleet is made with its own agents and settings, whichever was opened first", async () => {
  const [foreignToBlog, foreignToShop] = await Promise.all([
    spawn(blog, "shopkeeper"),
    spawn(shop, "writer"),
  ])
  expect(foreignToBlog).toStartWith('[UNKNOWN_SPECIALIST] No agent "shopkeeper"')
  expect(foreignToShop).toStartWith('[UNKNOWN_SPECIALIST] No agent "writer"')
  expect(await spawn(blog, "writer", 2)).toStartWith("[LIMIT_REACHED] ")
  const started = [spawn(blog, "writer"), spawn(shop, "shopkeeper")]
  ;[blog.fleetId, shop.fleetId] = (await Promise.all(started)).map(({ fleet_id }) => fleet_id) as [
    string,
    string,
  ]
  expect((await blog.worker.request()).system).toContain("You are the writer.")
  expect((await shop.worker.request()).system).toContain("You are the shop's own.")
  const fleets = await world.fleets()
  for (const side of [shop, blog])
    expect(fleets.find(({ id }) => id === side.fleetId)!.lead_session).toBe(side.lead.sessionId)
  for (const { tools } of [await shop.lead.request(), await blog.lead.request()])
    expect(tools).toEqual([...new Set(tools)])
  expect((await shop.lead.request()).tools).not.toContain("send_messages")
  expect((await blog.lead.request()).tools).toContain("send_messages")
})

test("a fleet's news goes to the lead of its project, and to nobody else", async () => {
  for (const side of [blog, shop]) await side.view.rest(side.lead)
  for (const [from, other] of [
    [shop, blog],
    [blog, shop],
  ] as const) {
    const news = { to_agent_id: "lead", type: "alert", payload: `NEWS OF ${from.worker.name}` }
    await from.worker.call("send_message", news)
    expect((await from.lead.request()).lastUser).toContain(news.payload)
    expect(other.lead.isAsking()).toBe(false)
    await from.view.rest(from.lead)
  }
})

test("one project is closed: its fleet goes on and ends, and the other's is not touched", async () => {
  const terms = { shop: await termOf(shop), blog: await termOf(blog) }
  await shop.view.post("/instance/dispose", {})
  await world.until("somebody else looks after the shop's fleet", async () =>
    (await termOf(shop)) > terms.shop ? true : undefined,
  )
  await shop.worker.says("SHOP IS DONE")
  await world.untilAgent("shop-worker", "complete")
  expect(await statusOf(shop)).toBe("complete")
  const { fleet } = await blog.lead.call("fleet_status", { fleet_id: blog.fleetId })
  expect(fleet.status).toBe("running")
  expect(await termOf(blog)).toBe(terms.blog)
  await blog.worker.says("BLOG IS DONE")
  const { results } = await blog.lead.call("collect_results", { wait_seconds: 30 })
  expect(results[0]).toMatchObject({ status: "complete", output: "BLOG IS DONE" })
  await blog.view.rest(blog.lead)
})

test("opened again, now after the other, it brings its lead what was waiting, and has its agents", async () => {
  await shop.lead.prompt("What is new?")
  await shop.lead.request()
  await world.until("all news is in the lead's session", async (ledger) => {
    const waiting = await ledger.read((db) =>
      db.get(
        "SELECT 1 FROM deliveries WHERE recipient = ? AND state IN ('accepted', 'parked')",
        `lead:${shop.fleetId}`,
      ),
    )
    return waiting === undefined ? true : undefined
  })
  expect(await spawn(shop, "writer")).toStartWith('[UNKNOWN_SPECIALIST] No agent "writer"')
  expect(JSON.stringify((await shop.lead.request()).messages)).toContain("SHOP IS DONE")
  const { results } = await shop.lead.call("collect_results", { fleet_id: shop.fleetId })
  expect(results[0]).toMatchObject({ output: "SHOP IS DONE" })
  await shop.view.rest(shop.lead)
  expect(await world.untilGone(20_000, [server.run.pid])).toEqual([])
})
