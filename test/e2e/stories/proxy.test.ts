import { afterAll, beforeAll, expect, test } from "bun:test"
import { type Proxy, startProxy } from "../support/proxy.ts"
import { createWorld, type World } from "../support/world.ts"

const provider = "models.example"
let world: World
let proxy: Proxy

beforeAll(async () => {
  proxy = await startProxy(provider, () => world.model.url)
  world = await createWorld({
    settings: { linger_ms: 500 },
    config: { provider: { fake: { options: { baseURL: `http://${provider}/v1` } } } },
  })
})
afterAll(async () => {
  await world?.end()
  proxy?.close()
})

const toProvider = (line: string) => line.includes(` http://${provider}/`)
const shellOf = (text: string) =>
  Object.fromEntries(
    text.split("\n").map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]),
  )
const env: [string, object] = ["bash", { command: "env", description: "Look" }]

test("with a proxy for everything a fleet runs to its end, and only its provider's requests go there", async () => {
  const window = await world.window(proxy.environment)
  const lead = await window.lead("lead")
  const [one, two] = [world.member("one"), world.member("two")]
  const { fleet_id } = await lead.call("spawn_fleet", {
    isolation: "process",
    agents: [
      { name: "one", role: "One", prompt: "Be one." },
      { name: "two", role: "Two", prompt: "Be two." },
    ],
  })
  const [shell] = await one.calls([env])
  await one.call("send_message", { to_agent_id: "two", type: "question", payload: "All well?" })
  await two.request()
  await two.says("Two is done.")
  // The mail came while it worked, or wakes it.
  await two.says("All is well.")
  await one.says("One is done.")
  await lead.says("I wait.")
  await world.until("the fleet is complete", async () =>
    (await world.fleets()).find(({ id, status }) => id === fleet_id && status === "complete"),
  )
  // News of the end comes by the lead's own server.
  expect(JSON.stringify((await lead.request()).messages)).toContain("has ended")
  await window.rest(lead)

  expect(proxy.seen.filter((line) => !toProvider(line))).toEqual([])
  expect(proxy.seen.filter(toProvider).length).toBe(world.model.requests.length)
  // What the host was given for itself is not for its agents.
  const { HTTP_PROXY, NO_PROXY = "", no_proxy = "" } = shellOf(shell!)
  expect({ HTTP_PROXY, NO_PROXY, no_proxy }).toEqual({
    HTTP_PROXY: proxy.url,
    NO_PROXY: "",
    no_proxy: "",
  })
  window.run.kill("SIGTERM")
  expect(await world.untilGone(20_000)).toEqual([])
})

test("`opencode run` leads a fleet through a proxy, and agents' shells keep the exceptions of their user", async () => {
  proxy.seen.length = 0
  const three = world.member("three")
  world.model.script("runner", [
    {
      toolCalls: [
        {
          name: "spawn_fleet",
          args: { agents: [{ name: "three", role: "Three", prompt: "Be three." }] },
        },
      ],
    },
    { toolCalls: [{ name: "collect_results", args: { wait_seconds: 60 } }] },
    { text: "All done." },
  ])
  const run = world.run("Go.", "runner", { ...proxy.environment, no_proxy: "internal.example" })
  const [shell] = await three.calls([env])
  await three.says("Three is done.")
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain("All done.")
  expect(proxy.seen.filter((line) => !toProvider(line))).toEqual([])
  expect(proxy.seen.filter(toProvider).length).toBeGreaterThan(3)
  const { NO_PROXY = "", no_proxy } = shellOf(shell!)
  expect({ NO_PROXY, no_proxy }).toEqual({ NO_PROXY: "", no_proxy: "internal.example" })
  expect(await world.untilGone(20_000)).toEqual([])
})
