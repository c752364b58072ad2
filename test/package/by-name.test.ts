import { afterAll, afterEach, beforeAll, expect, test } from "bun:test"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { version } from "../../package.json"
import type { World, WorldOptions } from "../e2e/support/world.ts"
import { type Registry, startRegistry } from "./support/registry.ts"
import { cached, createUser, versionIn } from "./support/user.ts"
import { npmWith, packAs, packThis } from "./support/versions.ts"

/** Which versions told that they were loaded, and by whom: a server loads a plugin for each directory. */
const loaded = (world: World) => {
  const path = join(world.folder, "loaded")
  const lines = existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : []
  return [...new Set(lines)].toSorted()
}

const older = "0.9.0"
let folder: string
let registry: Registry
let publish: (file: string) => Promise<unknown>
let isNewestPublished = false
let current: string
const worlds: World[] = []

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-package-"))
  registry = await startRegistry()
  const npm = npmWith(registry, folder)
  publish = (file) => npm.run(["publish", file, "--tag", "latest"])
  current = await packThis(folder)
  await publish(await packAs(older, current, folder))
})
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.end()
})
afterAll(async () => {
  await registry?.end()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const userWith = async (spec: string, options: WorldOptions = {}) => {
  const world = await createUser(registry, spec, options)
  worlds.push(world)
  return world
}

/** Once: a version is published for good. */
const publishNewest = async () => {
  if (!isNewestPublished) await publish(current)
  isNewestPublished = true
}

const agents: NonNullable<WorldOptions["agents"]> = {
  lead: [
    {
      toolCalls: [
        {
          name: "spawn_fleet",
          args: {
            agents: [{ name: "worker", role: "Worker", prompt: "Work.", agent: "code-reviewer" }],
          },
        },
      ],
    },
    ({ lastToolResult: { fleet_id } }) => ({
      toolCalls: [{ name: "collect_results", args: { fleet_id, wait_seconds: 60 } }],
    }),
    ({ lastToolResult }) => ({ text: `The worker said: ${lastToolResult.results[0].output}` }),
  ],
  worker: [{ text: "All good." }],
}

test("a fleet that runs goes on while its package is updated, and what starts is of the new version", async () => {
  const world = await userWith("opencode-meshfleet")
  const gate = world.gate("working")
  world.model.script("worker", [
    {
      text: "So far: half of it.",
      toolCalls: [{ name: "bash", args: { command: gate.command, description: "Work" } }],
    },
    { text: "All of it." },
  ])
  const first = await world.window()
  const lead = await first.lead("lead")
  const { fleet_id } = await lead.call("spawn_fleet", {
    agents: [{ name: "worker", role: "Worker", prompt: "Work." }],
  })
  await gate.reached()
  expect(loaded(world)).toEqual([`${older} host`, `${older} lead`])

  // OpenCode asks the registry only for what it does not have: publishing alone updates nobody.
  await publishNewest()
  rmSync(cached(world, "opencode-meshfleet@latest"), { recursive: true })
  const second = await world.window()
  const other = await second.lead("other")
  const { agents: seen } = await other.call("fleet_status", { fleet_id })
  expect(versionIn(world, "opencode-meshfleet@latest")).toBe(version)
  expect(seen).toMatchObject([{ name: "worker", status: "running" }])

  // The lead and the host that were there go on: mail passes between them.
  const { message_id } = await lead.call("send_message", {
    to_agent_id: "worker",
    type: "alert",
    payload: "SENT-AFTER-THE-UPDATE",
  })
  await world.untilDelivery(message_id, "injected", "seen", "acked")

  // A host that dies now is followed by one of the new version, in the same session.
  process.kill(seen[0].pid, "SIGKILL")
  const { results } = await lead.call("collect_results", { fleet_id, wait_seconds: 120 })
  expect(results).toMatchObject([{ status: "complete", output: "All of it.", attempts: 2 }])
  const asked = world.model.requests.findLast(
    ({ agent, isTitle }) => agent === "worker" && !isTitle,
  )
  expect(JSON.stringify(asked!.body.messages)).toContain("SENT-AFTER-THE-UPDATE")
  expect(loaded(world)).toEqual([`${older} host`, `${older} lead`])
})

test("by name alone the newest is installed, into OpenCode's cache, and runs a fleet", async () => {
  await publishNewest()
  const world = await userWith("opencode-meshfleet", { agents })
  // As on a fresh machine, where OpenCode wants a package of its own for plugins: nobody has it here.
  for (const each of [join(world.folder, "config/opencode"), join(world.project, ".opencode")])
    for (const path of ["node_modules", "package-lock.json"])
      rmSync(join(each, path), { recursive: true })
  const run = world.run("Run one agent.")
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain("The worker said: All good.")
  expect(versionIn(world, "opencode-meshfleet@latest")).toBe(version)
  expect(existsSync(join(world.project, ".opencode/node_modules/@opencode-ai"))).toBe(false)
  expect(await world.untilGone(20_000)).toEqual([])
})

test("a pinned version stays, whatever is published", async () => {
  const world = await userWith(`opencode-meshfleet@${older}`, { agents })
  const run = world.run("Run one agent.")
  expect(await run.ended).toBe(0)
  expect(run.output()).toContain("The worker said: All good.")
  expect(versionIn(world, `opencode-meshfleet@${older}`)).toBe(older)
  expect(loaded(world)).toEqual([`${older} host`, `${older} lead`])
})
