import { afterAll, beforeAll, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, cpSync, openSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { embedAgents } from "../../plugin/mesh/specialists/embed.ts"
import { readEmbeddedAgents } from "../../plugin/mesh/specialists/embedded-agents.ts"
import { findData, tagData } from "../../plugin/opencode/process/packed-data.ts"
import { packData } from "../../scripts/packed-modules.ts"
import type { ChatRequest } from "../../scripted-model/types.ts"
import { bundle, createWorld, type World } from "./support/world.ts"

const specialists = readEmbeddedAgents(embedAgents(join(import.meta.dir, "../../agents")))

/** The bundle as it would be without any specialist. */
const withoutSpecialists = () => {
  const text = readFileSync(bundle, "utf8")
  const found = findData(text, "agents", bundle)
  const none = tagData("agents", packData('{"format":1,"agents":[]}'))
  return text.replace(found, none)
}

let world: World

beforeAll(async () => {
  world = await createWorld({
    agents: { without: [{ text: "Hello." }], with: [{ text: "Hello." }] },
    install: (folder) => writeFileSync(join(folder, "meshfleet.js"), withoutSpecialists()),
  })
})
afterAll(() => world?.end())

/** What one run of OpenCode asks of its model, with its changing name taken out. */
const requestOf = async (name: string): Promise<ChatRequest> => {
  const run = world.run("Say hello.", name)
  expect(await run.ended).toBe(0)
  return world.model.requests.find(({ agent, isTitle }) => agent === name && !isTitle)!.body
}
const systemOf = ({ messages }: ChatRequest) => messages.filter(({ role }) => role === "system")

test("a lead's tools and system text are byte for byte the same with 245 specialists as with none", async () => {
  const without = await requestOf("without")
  cpSync(bundle, join(world.project, ".opencode/plugin/meshfleet.js"))
  const having = await requestOf("with")
  expect(specialists).toHaveLength(245)
  expect(having.tools!.length).toBeGreaterThan(10)
  expect(JSON.stringify(having.tools)).toBe(JSON.stringify(without.tools))
  expect(JSON.stringify(systemOf(having))).toBe(JSON.stringify(systemOf(without)))
})

test("OpenCode takes all 245 specialists as agents of its own configuration", async () => {
  const path = join(world.project, "opencode.json")
  const config = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>
  const agent = Object.fromEntries(specialists.map((each) => [each.agent, each.config]))
  writeFileSync(path, JSON.stringify({ ...config, agent }))
  // Into a file: OpenCode ends before a pipe has taken so much.
  const answer = join(world.folder, "config.json")
  const out = openSync(answer, "w")
  const child = spawn(world.opencode, ["debug", "config"], {
    cwd: world.project,
    env: world.env,
    stdio: ["ignore", out, "ignore"],
    timeout: 60_000,
    killSignal: "SIGKILL",
  })
  const [status] = await once(child, "exit")
  closeSync(out)
  expect(status).toBe(0)
  const read = JSON.parse(readFileSync(answer, "utf8")) as {
    agent: Record<string, { description?: string; color?: string; mode?: string }>
  }
  for (const { agent: name, config: wanted } of specialists) {
    expect(read.agent[name]).toMatchObject({
      description: wanted.description,
      mode: wanted.mode,
      color: wanted.color,
    })
  }
})
