import { afterAll, beforeAll, expect, test } from "bun:test"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { questionById } from "../../plugin/mesh/ledger/tables/questions.ts"
import type { QuestionRow } from "../../plugin/mesh/ledger/tables/rows.ts"
import type { Puppet } from "./support/puppet.ts"
import type { Lead } from "./support/window.ts"
import { allowUnattended, createWorld, type World } from "./support/world.ts"

const meshfleet = join(import.meta.dir, "../../bin/meshfleet.mjs")
const names = ["pusher", "chooser", "cheat"] as const
let world: World
let lead: Lead
let fleetId: string
let members: Record<(typeof names)[number], Puppet>

beforeAll(async () => {
  world = await createWorld({
    makeHome: allowUnattended,
    settings: { isolation: "shared", linger_ms: 500 },
    config: { permission: { bash: { "*": "allow", "git push *": "ask" } } },
  })
  members = Object.fromEntries(names.map((name) => [name, world.member(name)])) as typeof members
  const window = await world.window()
  lead = await window.lead("lead")
  const spawned = await lead.call("spawn_fleet", {
    agents: names.map((name) => ({ name, role: name, prompt: `Be ${name}.` })),
  })
  fleetId = spawned.fleet_id
})
afterAll(() => world?.end())

const bash = (command: string) => ({ name: "bash", args: { command, description: "Work" } })
const push = (branch: string) => bash(`git push origin ${branch}`)

/** A person in a terminal of the project. */
const inTerminal = async (...args: string[]) => {
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

const open = (wanted: string) =>
  world.until(`${wanted} is asked`, (ledger) =>
    ledger.read((db) =>
      db.get<QuestionRow>("SELECT * FROM questions WHERE state = 'open' AND wanted = ?", wanted),
    ),
  )
const lastTexts = async (member: Puppet, count: number) =>
  (await member.request()).toolResults.slice(-count).map(({ text }) => text)

test("a permission waits for a person: the lead is told and cannot give it, a terminal can", async () => {
  await members.pusher.answer({ toolCalls: [push("main")] })
  const { id } = await open("permission: bash git push origin main")
  await world.until("the notice lies in the lead's session", (ledger) =>
    ledger.read((db) =>
      db.get(
        "SELECT 1 FROM deliveries WHERE recipient = ? AND injected_at IS NOT NULL",
        `lead:${fleetId}`,
      ),
    ),
  )
  const { agents } = await lead.call("fleet_status", { fleet_id: fleetId })
  expect(agents[0]).toMatchObject({
    status: "running",
    blocked_on: "permission: bash git push origin main",
    question_id: id,
  })
  const told = JSON.stringify((await lead.request()).messages)
  expect(told).toContain(`meshfleet answer ${id} once`)
  const tried = await lead.call("bash", {
    command: `echo "mark $MESHFLEET_SESSION"; exec env -i PATH="$PATH" MESHFLEET_HOME="$MESHFLEET_HOME" node ${meshfleet} answer ${id} once; true`,
    description: "Answer",
  })
  expect(tried).toContain(`mark ${lead.sessionId}`)
  expect(tried).toContain("[NOT_ALLOWED] Only a person may do this")

  expect((await inTerminal("questions")).out).toContain("bash git push origin main")
  expect(await inTerminal("answer", id, "fleet")).toMatchObject({ code: 0 })
  expect(await lastTexts(members.pusher, 1)).toEqual([expect.stringContaining("origin")])
  const ledger = await world.ledger()
  const { answered_at } = (await ledger.read((db) => questionById(db, id)))!
  const wentOnAt = world.model.requests.findLast(({ agent }) => agent === "pusher")!.at
  // Told within a tick of 50 ms; git and a busy machine take the rest.
  expect(wentOnAt - answered_at!).toBeLessThan(3 * (await world.moment()))
})

test("what was granted for the fleet is not asked again, by no agent of it", async () => {
  await members.chooser.answer({ toolCalls: [push("main")] })
  expect(await lastTexts(members.chooser, 1)).toEqual([expect.stringContaining("origin")])
  expect((await world.events()).filter(({ type }) => type === "question.granted")).toHaveLength(1)
})

test("a rejection reaches the model with its reason; OpenCode's own of the rest ends no turn", async () => {
  await members.pusher.answer({ toolCalls: [push("one"), push("two")] })
  const { id } = await open("permission: bash git push origin one")
  await open("permission: bash git push origin two")
  await inTerminal("answer", id, "reject", "--reason", "Open a pull request.")
  const [first, second] = await lastTexts(members.pusher, 2)
  expect(first).toEndWith("with the following feedback: Open a pull request.")
  expect(second).toContain("rejected permission")
  await members.pusher.says("I did not push.")
  expect(await world.untilAgent("pusher", "complete")).toMatchObject({ attempts: 1 })
  expect((await inTerminal("questions")).out).toBe("No agent is waiting for an answer.\n")
})

test("an agent's own question is answered with the person's choice", async () => {
  const options = ["Postgres", "SQLite"].map((label) => ({ label, description: label }))
  const question = { question: "Which database?", header: "Database", options }
  await members.chooser.answer({
    toolCalls: [{ name: "question", args: { questions: [question] } }],
  })
  const { id } = await open("question: Which database?")
  await inTerminal("answer", id, "sqlite")
  expect(await lastTexts(members.chooser, 1)).toEqual([
    expect.stringContaining('"Which database?"="SQLite"'),
  ])
  await members.chooser.says("SQLite it is.")
})

test("an agent cannot answer itself, neither by the command line nor over its host's interface", async () => {
  const notes = join(world.project, "notes")
  const script = [
    `until [ -e ${notes} ]; do sleep 0.1; done; . ${notes}`,
    `node ${meshfleet} answer $ASK once; echo "cli $?"`,
    `env -i PATH="$PATH" MESHFLEET_HOME="$MESHFLEET_HOME" node ${meshfleet} answer $ASK once; echo "cleared $?"`,
    `node -e 'fetch(process.argv[1], {method: "POST", headers: {"content-type": "application/json", authorization: "Basic " + btoa("opencode:" + process.env.OPENCODE_SERVER_PASSWORD)}, body: JSON.stringify({reply: "once"})}).then((r) => console.log("http " + r.status))' $URL`,
    "touch tried",
  ].join("\n")
  await members.cheat.answer({ toolCalls: [push("secret"), bash(script)] })
  const { id, request_id, host_id } = await open("permission: bash git push origin secret")
  world.write(notes, `ASK=${id}\nURL=${urlOf(host_id)}/permission/${request_id}/reply\n`)
  await world.untilFile(join(world.project, "tried"))
  expect(await open("permission: bash git push origin secret")).toMatchObject({ id })
  await inTerminal("answer", id, "reject", "--reason", "Not yours to push.")
  const [pushed, tried] = await lastTexts(members.cheat, 2)
  expect(pushed).toContain("Not yours to push.")
  expect(tried).toMatch(/NOT_ALLOWED[^]+cli 1[^]+NOT_ALLOWED[^]+cleared 1[^]+http 401/)
  await members.cheat.says("It was not mine to push.")
})

/** Where a host listens, as it says itself. */
const urlOf = (hostId: string) =>
  /http:\/\/127\.0\.0\.1:\d+/.exec(
    readFileSync(join(world.home, "logs", `${hostId}.log`), "utf8"),
  )![0]
