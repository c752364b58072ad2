import { afterAll, beforeAll, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { isBoardTool, toolNames } from "../../plugin/tools/registry.ts"
import type { ChatRequest } from "../../scripted-model/types.ts"
import type { Puppet } from "./support/puppet.ts"
import type { Lead } from "./support/window.ts"
import { createWorld, type World } from "./support/world.ts"

const roster = join(import.meta.dir, "../../agents")
const reviewerAgent = "application-security-engineer"
const writerAgent = "minimal-change-engineer"

const sectionsOf = (specialist: string) => {
  const [, head, body] = readFileSync(join(roster, `${specialist}.md`), "utf8").split(/^---\n/m)
  return { description: /^description: (.*)$/m.exec(head!)![1]!, body: body!.trim() }
}
const specialists = readdirSync(roster)
  .filter((file) => file.endsWith(".md"))
  .map((file) => file.replace(/\.md$/, ""))

let world: World
let lead: Lead
let reviewer: Puppet
let writer: Puppet
let alone: ChatRequest

/** The latest request of this agent. */
const bodyOf = (agent: string) =>
  world.model.requests.findLast((request) => request.agent === agent && !request.isTitle)!.body

const systemOf = ({ messages }: ChatRequest) =>
  messages
    .filter(({ role }) => role === "system")
    .map(({ content }) => String(content))
    .join("\n")

const ourTools = ({ tools = [] }: ChatRequest) =>
  tools.filter(({ function: { name } }) => (toolNames as string[]).includes(name))

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

beforeAll(async () => {
  world = await createWorld({ settings: { linger_ms: 500 } })
  const window = await world.window()
  lead = await window.lead("lead")
  await lead.call("list_fleets")
  alone = bodyOf("lead")
  reviewer = world.member("reviewer")
  writer = world.member("writer")
  const spawned = await lead.call("spawn_fleet", {
    isolation: "process",
    agents: [
      { name: "writer", role: "Writer", prompt: "Write.", agent: writerAgent },
      { name: "tester", role: "Tester", prompt: "Test it.", waits: true },
    ],
  })
  await lead.call("attach_agent", {
    fleet_id: spawned.fleet_id,
    name: "reviewer",
    role: "Reviewer",
    prompt: "Review.",
    agent: reviewerAgent,
  })
  await Promise.all([reviewer.request(), writer.request()])
})
afterAll(() => world?.end())

test("a reviewing specialist has no tool that edits, and trying changes nothing", async () => {
  const { tools } = await reviewer.request()
  expect(
    tools.filter((name) => ["edit", "write", "patch", "apply_patch", "multiedit"].includes(name)),
  ).toEqual([])
  const filePath = join(world.project, "reviewed.txt")
  const answer = await reviewer.call("write", { filePath, content: "x" })
  expect(String(answer)).toContain("write")
  expect(existsSync(filePath)).toBe(false)
})

test("a writing specialist writes", async () => {
  const filePath = join(world.project, "written.txt")
  await writer.call("write", { filePath, content: "by the writer" })
  expect(readFileSync(filePath, "utf8")).toBe("by the writer")
})

test("a host's requests carry the text of its own specialist and of no other", () => {
  for (const [name, own] of [
    ["reviewer", reviewerAgent],
    ["writer", writerAgent],
  ] as const) {
    const body = JSON.stringify(bodyOf(name))
    expect(systemOf(bodyOf(name))).toContain(sectionsOf(own).body.split("\n")[0]!)
    const others = specialists
      .filter((each) => each !== own)
      .filter((each) =>
        body.includes(JSON.stringify(sectionsOf(each).description.slice(0, 60)).slice(1, -1)),
      )
    expect(others).toEqual([])
  }
})

test("a lead's requests carry no specialist, with a fleet or without", () => {
  for (const request of [alone, bodyOf("lead")]) {
    const body = JSON.stringify(request)
    expect(
      specialists.filter((each) => body.includes(sectionsOf(each).description.slice(0, 60))),
    ).toEqual([])
  }
})

test("no key of ours reaches the provider", () => {
  const known = [
    "max_tokens",
    "messages",
    "model",
    "stream",
    "stream_options",
    "temperature",
    "tool_choice",
    "tools",
    "top_p",
  ]
  for (const name of ["lead", "reviewer", "writer"])
    expect(Object.keys(bodyOf(name)).filter((key) => !known.includes(key))).toEqual([])
})

test("a fleet adds nothing to its lead's requests but 600 bytes of system text", () => {
  const led = bodyOf("lead")
  expect(led.tools).toEqual(alone.tools!)
  const [before, after] = [systemOf(alone), systemOf(led)]
  expect(after).toStartWith(before)
  const added = Buffer.byteLength(after) - Buffer.byteLength(before)
  expect(added).toBeGreaterThan(0)
  expect(added).toBeLessThanOrEqual(600)
})

test("our tools take at most 6,100 bytes of a lead's request and 2,850 of a member's", () => {
  expect(ourTools(alone).length).toBeGreaterThan(0)
  expect(bytes(ourTools(alone))).toBeLessThanOrEqual(6100)
  for (const name of ["reviewer", "writer"])
    expect(bytes(ourTools(bodyOf(name)))).toBeLessThanOrEqual(2850)
})

test("without a board nobody is told of its tools", () => {
  for (const request of [alone, bodyOf("lead"), bodyOf("reviewer"), bodyOf("writer")])
    expect(
      ourTools(request).filter(({ function: { name } }) => isBoardTool(name as never)),
    ).toEqual([])
})

test("a specialist has no definition of task or todowrite, which a lead has", () => {
  const namesOf = ({ tools = [] }: ChatRequest) => tools.map((tool) => tool.function.name)
  expect(namesOf(alone)).toEqual(expect.arrayContaining(["task", "todowrite"]))
  for (const name of ["reviewer", "writer"])
    expect(namesOf(bodyOf(name)).filter((tool) => ["task", "todowrite"].includes(tool))).toEqual([])
})

test("an agent that waits begins with its task and its first message in one request", async () => {
  const tester = world.member("tester")
  expect((await world.agents((await world.fleets())[0]!.id))[1]).toMatchObject({
    status: "queued",
    host_id: null,
  })
  await writer.call("send_message", {
    to_agent_id: "tester",
    type: "handoff",
    payload: "src/x.ts is new",
  })
  const { step, lastUser } = await tester.request()
  expect(step).toBe(0)
  expect(lastUser).toMatch(
    /^Test it\.\s+\[meshfleet\] handoff from writer, msg_\w+:\n> src\/x\.ts is new$/,
  )
  await tester.says("It is tested.")
  await world.untilAgent("tester", "complete")
  expect(world.model.requests.filter(({ agent }) => agent === "tester")).toHaveLength(1)
})
