import { expect } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { Step } from "../../../scripted-model/types.ts"
import { git } from "../../support/run.ts"
import type { Lead, Window } from "../support/window.ts"
import { allowUnattended, createWorld, type World } from "../support/world.ts"
import { actOut, type Work } from "./act-out.ts"
import { type Answer, type Call, type Example, isCall } from "./read-examples.ts"

const meshfleet = join(import.meta.dir, "../../../bin/meshfleet.mjs")

/** `…` stands for anything. */
export const matcher = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(matcher)
  if (value && typeof value === "object")
    return expect.objectContaining(
      Object.fromEntries(Object.entries(value).map(([key, each]) => [key, matcher(each)])),
    )
  if (typeof value !== "string" || !value.includes("…")) return value
  const parts = value.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  return expect.stringMatching(new RegExp(`^${parts.join("[^]*")}$`))
}

export const answerOf = ({ steps }: Example, tool: string) =>
  steps.find((step): step is Answer => !isCall(step) && step.tool === tool)
export const callsOf = ({ steps }: Example) =>
  steps.filter((step): step is Call => isCall(step) && step.by === "lead")

/** A project with all tools, a place to push to and a window, whose configuration these examples ask for. */
export const openStage = async (examples: readonly Example[]) => {
  const world = await createWorld({
    makeHome: allowUnattended,
    settings: { isolation: "shared", linger_ms: 500, tools: "all" },
    config: Object.assign({}, ...examples.map(({ config }) => config)),
    files: { "package.json": JSON.stringify({ scripts: { test: "node -e 0" } }) },
  })
  await git(world.folder, "init", "-q", "--bare", "origin.git")
  await git(world.project, "remote", "add", "origin", join(world.folder, "origin.git"))
  const window = await world.window()
  return { world, window, stage: createStage(world, window) }
}

/** Where examples are played: one project, one window of OpenCode, and a session for each lead. */
export const createStage = (world: World, window: Window) => {
  /** The person, in a terminal of the project, with a command as the page has it. */
  const inTerminal = async (command: string, ...ids: [from: RegExp, to: string][]) => {
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, bare]) => quoted ?? bare!,
    )
    const args = words
      .slice(1)
      .map((word) => ids.reduce((text, [from, to]) => text.replace(from, to), word))
    const child = spawn("node", [meshfleet, ...args], {
      cwd: world.project,
      env: world.env as Record<string, string>,
    })
    let out = ""
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (out += data))
    const [code] = await once(child, "close")
    return { code: code as number, out }
  }

  /** The agents of an example say what it says they answer. */
  const script = (example: Example, works: Record<string, Work | Step[]> = {}) => {
    const results = answerOf(example, "collect_results")?.expected["results"] ?? []
    for (const { name, output } of results as { name: string; output: string }[]) {
      const work = works[name]
      const steps = Array.isArray(work)
        ? work
        : [actOut(name, example, output.replaceAll("…", ""), work)]
      world.model.script(name, steps)
    }
  }

  /** A session in which the example's prompt is typed. */
  const begin = async ({ title, prompt }: Example, more = "") => {
    expect(prompt.length).toBeGreaterThan(20)
    const lead = await window.lead(`lead of ${title}${more}`)
    await lead.prompt(prompt)
    await lead.request()
    return lead
  }

  const make = async (lead: Lead, { tool, args }: Call) => {
    const answer = await lead.call(tool, args)
    // A refusal is a text.
    expect(answer).toBeObject()
    return answer
  }

  /** Collects until all is there: mail for the lead ends a wait. */
  const collect = async (lead: Lead, example: Example, more: object = {}) => {
    let collected: any
    let waits = 0
    do {
      collected = await lead.call("collect_results", { wait_seconds: 60, ...more })
      waits++
    } while (!collected.complete && waits < 5)
    expect(collected).toEqual(matcher(answerOf(example, "collect_results")!.expected))
    return collected.results as Record<string, any>[]
  }

  /** Who wrote to whom, and under which correlation. */
  const expectMail = async ({ mail, correlation }: Example, fleetId: string) => {
    const messages = await (
      await world.ledger()
    ).read((db) =>
      db.all<{ sender: string; recipient: string; type: string; correlation_id: string | null }>(
        `SELECT CASE WHEN m.from_agent_id LIKE 'lead%' THEN 'lead' ELSE coalesce(s.name, m.from_agent_id) END AS sender,
           coalesce(r.name, m.to_agent_id) AS recipient, m.type, m.correlation_id
         FROM messages m LEFT JOIN agents s ON s.id = m.from_agent_id LEFT JOIN agents r ON r.id = m.to_agent_id
         WHERE m.fleet_id = ? AND m.from_agent_id <> 'meshfleet' ORDER BY m.seq`,
        fleetId,
      ),
    )
    const arrow = (from: string, type: string, to: string) => `${from} -${type}> ${to}`
    expect(
      messages.map(({ sender, type, recipient }) => arrow(sender, type, recipient)).toSorted(),
    ).toEqual(mail.map(({ from, type, to }) => arrow(from, type, to)).toSorted())
    if (correlation)
      expect(new Set(messages.map((each) => each.correlation_id))).toEqual(new Set([correlation]))
  }

  /** One call, its agents' mail, one answer: most examples are no more. */
  const play = async (example: Example, works: Record<string, Work | Step[]> = {}) => {
    script(example, works)
    const lead = await begin(example)
    const { fleet_id } = await make(lead, callsOf(example)[0]!)
    const results = await collect(lead, example)
    await expectMail(example, fleet_id)
    return { lead, fleet_id: fleet_id as string, results }
  }

  return { inTerminal, script, begin, make, collect, expectMail, play }
}

export type Stage = ReturnType<typeof createStage>
