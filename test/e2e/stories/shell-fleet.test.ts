import { afterAll, beforeAll, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { isInsideAgent } from "../../../plugin/system/inside-agent.ts"
import { allowUnattended, createWorld, type World } from "../support/world.ts"

const bin = join(import.meta.dir, "../../../bin/meshfleet.mjs")

let world: World
beforeAll(async () => {
  world = await createWorld({
    makeHome: allowUnattended,
    agents: {
      mapper: [
        {
          toolCalls: [
            {
              name: "bash",
              args: { command: `node ${bin} status; node ${bin} stop`, description: "look" },
            },
          ],
        },
        { text: "The map: one README." },
      ],
      sleeper: [
        { toolCalls: [{ name: "bash", args: { command: "sleep 300", description: "sleep" } }] },
        { text: "never said" },
      ],
    },
  })
})
afterAll(() => world?.end())

const start = (...args: string[]) => {
  const child = spawn("node", [bin, ...args], {
    cwd: world.project,
    env: world.env as Record<string, string>,
    stdio: ["ignore", "pipe", "pipe"],
  })
  let out = ""
  let err = ""
  child.stdout.on("data", (data: Buffer) => (out += data))
  child.stderr.on("data", (data: Buffer) => (err += data))
  return once(child, "close").then(([code]) => ({ code: code as number, out, err }))
}

const spawnFleet = JSON.stringify({
  name: "shell",
  agents: [
    { role: "Mapper", prompt: "[[as:mapper]] Map it." },
    { role: "Sleeper", prompt: "[[as:sleeper]] Sleep.", agent: "debugger" },
  ],
})

// An agent's own shell may not spawn, and tests are run there too.
test.skipIf(isInsideAgent())(
  "a fleet spawned from a shell goes on without it, and is watched, stopped and read from there",
  async () => {
    const spawned = await start("call", "spawn_fleet", spawnFleet)
    expect(spawned).toMatchObject({ code: 0, err: "" })
    const { fleet_id, agents } = JSON.parse(spawned.out)
    expect(agents).toMatchObject([
      { name: "mapper", agent: "build" },
      { name: "sleeper", agent: "debugger" },
    ])
    const fleet = (await world.fleets())[0]!
    expect(fleet.lead_session).toMatch(/^human:/)
    expect(fleet.lead_model).toBe("fake/m1")

    const watching = start("watch")
    await world.until("the mapper's end", async (ledger) =>
      (await ledger.read((db) =>
        db.get("SELECT 1 AS found FROM agents WHERE name = 'mapper' AND status = 'complete'"),
      ))
        ? true
        : undefined,
    )
    const seen = await world.model.waitFor(
      (request) =>
        request.agent === "mapper" && request.body.messages.some(({ role }) => role === "tool"),
      { timeoutMs: 1000 },
    )
    const toolText = JSON.stringify(seen.body.messages.find(({ role }) => role === "tool"))
    expect(toolText).toContain(`${fleet_id}  shell: running`)
    expect(toolText).toContain("[NOT_ALLOWED] This command is for people")

    await world.until("the sleeper's sleep", async (ledger) =>
      (await ledger.read((db) =>
        db.get("SELECT 1 AS found FROM agents WHERE name = 'sleeper' AND activity = 'tool bash'"),
      ))
        ? true
        : undefined,
    )
    const stopped = await start("stop", "sleeper", "--reason", "enough")
    expect(stopped).toEqual({
      code: 0,
      err: "",
      out: `${fleet_id}: stopped: sleeper (cancelled)\n`,
    })

    const watched = await watching
    expect(watched).toMatchObject({ code: 0, err: "" })
    expect(watched.out).toMatch(/\n\+[\dms. ]+ +agent\.complete +mapper\n/)
    expect(watched.out).toMatch(/\nsleeper +cancelled .+ CANCELLED: enough\n$/)

    const collected = await start("call", "collect_results", "{}", "--fleet", "shell")
    expect(JSON.parse(collected.out)).toMatchObject({
      complete: true,
      results: [
        { name: "mapper", status: "complete", output: "The map: one README." },
        { name: "sleeper", status: "cancelled", error: { code: "CANCELLED", detail: "enough" } },
      ],
    })
    const supervised = await start("supervise", fleet_id)
    expect(supervised.out).toEndWith("Nothing is left to supervise.\n")
    expect(await world.untilGone(20_000)).toEqual([])
  },
)
