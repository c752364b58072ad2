import { afterAll, beforeAll, expect, test } from "bun:test"
import { type ChildProcess, spawn } from "node:child_process"
import { lookup } from "node:dns/promises"
import { join } from "node:path"
import { answerOf, layOutCommand, pathWithOpenCode } from "../../support/built-command.ts"
import { openOutside, type Outside, sealing } from "../support/outside.ts"
import { type Proxy, startProxy } from "../support/proxy.ts"
import { allowUnattended, createWorld, type World } from "../support/world.ts"

/**
 * A whole fleet, and the command line beside it, where every address but the provider's is out of
 * reach and every attempt is noted: the file runs itself in a network that has nothing but loopback.
 */
const provider = "models.example"
/** On a machine that is very busy OpenCode takes half a minute to start. */
const patienceMs = 120_000
const role = process.env["MESHFLEET_TEST_NETWORK"]

if (role === undefined) await runInside()
else tellStory(role === "sealed")

async function runInside() {
  const sealed = await sealing()
  const { command, how } =
    "command" in sealed
      ? { command: sealed.command, how: "in a network that has loopback alone" }
      : {
          command: [],
          how: `watched by its proxy alone, since this machine gives no network of its own (${sealed.refused})`,
        }

  let story: ChildProcess | undefined
  afterAll(() => void story?.kill("SIGKILL"))

  const run = async () => {
    if ("refused" in sealed) console.warn(`Only what goes by a proxy is seen: ${sealed.refused}`)
    const test = [process.execPath, "test", "--timeout", String(2 * patienceMs), import.meta.path]
    const [program, ...args] = [...command, ...test] as [string, ...string[]]
    const child = spawn(program, args, {
      cwd: join(import.meta.dir, "../../.."),
      env: { ...process.env, MESHFLEET_TEST_NETWORK: command.length > 0 ? "sealed" : "open" },
      stdio: ["ignore", "pipe", "pipe"],
    })
    story = child
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (output += data))
    const code = await new Promise((resolve) => child.once("close", resolve))
    console.log(output)
    expect(code).toBe(0)
    expect(output).toContain(" 3 pass")
  }
  const name = `nothing of Meshfleet asks for any address but the provider's: ${how}`
  test(name, run, 6 * patienceMs)
}

function tellStory(isSealed: boolean) {
  let outside: Outside | undefined
  let world: World
  let proxy: Proxy
  let command: string

  beforeAll(async () => {
    if (isSealed) outside = await openOutside()
    proxy = await startProxy(provider, () => world.model.url)
    world = await createWorld({
      settings: { linger_ms: 500 },
      config: { provider: { fake: { options: { baseURL: `http://${provider}/v1` } } } },
      makeHome: allowUnattended,
    })
    const path = pathWithOpenCode(join(world.folder, "bin"))
    Object.assign(world.env, proxy.environment, { PATH: path })
    command = layOutCommand(join(world.folder, "package"))
  })
  afterAll(async () => {
    await world?.end()
    proxy?.close()
    await outside?.end()
  })

  /** Whatever was tried, by a proxy or past it, but for the provider; forgets it. */
  const tried = () => {
    const byProxy = proxy.seen.splice(0).filter((line) => !line.includes(` http://${provider}/`))
    return [...byProxy, ...(outside?.seen.splice(0) ?? [])]
  }
  const run = (program: readonly [string, ...string[]], more: Record<string, string> = {}) =>
    answerOf(program, { cwd: world.project, env: { ...world.env, ...more } })
  const meshfleet = (...args: string[]) => run(["node", command, ...args])

  test("whoever does ask for another address is seen", async () => {
    const ask = `await fetch("http://asked.example/").catch(() => {}); process.exit(0)`
    await run([process.execPath, "-e", ask])
    expect(tried()).toEqual(["GET http://asked.example/ HTTP/1.1"])
    if (!outside) return
    await lookup("named.example").catch(() => undefined)
    await fetch("http://198.51.100.7/", { signal: AbortSignal.timeout(500) }).catch(() => undefined)
    const seen = new Set(tried())
    expect(seen).toEqual(new Set(["name named.example", "tcp 198.51.100.7:80"]))
  })

  test("a fleet works, and its person looks at it in every way", async () => {
    const window = await world.window()
    const lead = await window.lead("lead")
    const [one, two] = [world.member("one"), world.member("two")]
    const found = await lead.call("route_work", {
      description: "Review the parser for security holes",
    })
    expect(JSON.stringify(found)).toContain("security")
    const { fleet_id } = await lead.call("spawn_fleet", {
      isolation: "shared",
      agents: [
        { name: "one", role: "One", prompt: "Be one." },
        { name: "two", role: "Two", prompt: "Be two." },
      ],
    })
    await one.call("send_message", { to_agent_id: "two", type: "question", payload: "All well?" })
    await two.request()

    expect((await meshfleet("status")).text).toContain("one")
    expect((await meshfleet("logs", "one")).text).toContain("send_message")
    expect(await meshfleet("doctor")).toMatchObject({ code: 0 })
    const page = await showDashboard()
    expect(page).toContain("<html")

    const results = lead.call("collect_results", { fleet_id, wait_seconds: 60 })
    await world.until(
      "the fleet is complete",
      async () => {
        // The message came while Two worked, or wakes it.
        for (const each of [one, two]) if (each.isAsking()) await each.says(`${each.name} is done.`)
        return (await world.fleets()).find(({ status }) => status === "complete")
      },
      patienceMs,
    )
    expect(JSON.stringify(await results)).toContain("two is done.")
    await window.rest(lead)
    window.run.kill("SIGTERM")
    expect(await world.untilGone(20_000)).toEqual([])
    expect(proxy.seen.length).toBeGreaterThan(5)
    expect(tried()).toEqual([])
  })

  /** Starts it as a person does, loads its page and a view, and ends it. */
  const showDashboard = async () => {
    const dashboard = spawn("node", [command, "dashboard", "--json"], {
      cwd: world.project,
      env: world.env as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "inherit"],
    })
    try {
      const line = await new Promise<string>((resolve, reject) => {
        let said = ""
        dashboard.stdout.on("data", (data: Buffer) => {
          said += data
          if (said.includes("\n")) resolve(said)
        })
        dashboard.once("close", () => reject(new Error(`the dashboard ended: ${said}`)))
      })
      const { link } = JSON.parse(line) as { link: string }
      expect(new URL(link).hostname).toBe("127.0.0.1")
      // As a browser: the link works once, and leaves a cookie.
      const { headers } = await fetch(link, { redirect: "manual" })
      const cookie = headers.getSetCookie().map((each) => each.split(";")[0])
      const page = new URL(headers.get("location")!, link)
      return await (await fetch(page, { headers: { cookie: cookie.join("; ") } })).text()
    } finally {
      const ended = new Promise((resolve) => dashboard.once("close", resolve))
      dashboard.kill("SIGTERM")
      await ended
    }
  }

  test("with OpenCode's own contacts left on there are those alone, by a fleet's processes too", async () => {
    const asItComes = { OPENCODE_DISABLE_MODELS_FETCH: "0" }
    const window = await world.window(asItComes)
    const lead = await window.lead("second")
    const three = world.member("three")
    await lead.call("spawn_fleet", {
      agents: [{ name: "three", role: "Three", prompt: "Be three." }],
    })
    await three.says("Three is done.")
    await window.rest(lead)
    window.run.kill("SIGTERM")
    expect(await world.untilGone(20_000)).toEqual([])
    // docs/telemetry.md names what else OpenCode asks for, and when.
    expect(new Set(tried())).toEqual(new Set(["CONNECT models.opencode.ai:443 HTTP/1.1"]))
  })
}
