import { afterAll, beforeAll, expect, test } from "bun:test"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Window } from "../support/window.ts"
import type { World } from "../support/world.ts"
import { bash, inOrder, type Work } from "./act-out.ts"
import { type Call, isCall, readExamples } from "./read-examples.ts"
import { git } from "../../support/run.ts"
import { answerOf, callsOf, matcher, openStage, type Stage } from "./stage.ts"

// The examples of docs/cookbook.md, each played once: its prompt is typed, its calls are made as they stand, its agents
// act out its mail, and what comes back is compared.

const recipes = readExamples("cookbook.md")
const recipe = (number: number) => recipes.find(({ title }) => title.startsWith(`${number}. `))!

let world: World
let window: Window
let stage: Stage

beforeAll(async () => {
  ;({ world, window, stage } = await openStage(recipes))
})
afterAll(() => world?.end())

test("there are ten recipes", () => {
  expect(recipes.map(({ title }) => Number.parseInt(title))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ])
  for (const { steps } of recipes) expect(steps.length).toBeGreaterThan(1)
})

test("1. review a change", async () => {
  const { lead } = await stage.play(recipe(1))
  await lead.says("Reviewed.")
})

test("2. find a bug", async () => {
  const { lead } = await stage.play(recipe(2))
  await lead.says("Found.")
})

test("3. understand a repository", async () => {
  const { lead } = await stage.play(recipe(3), {
    guide: (context) =>
      /handoff from \w+[^]*handoff from \w+[^]*handoff from \w+/.test(
        JSON.stringify(context.messages),
      ) && context.toolResults.length === 0
        ? { name: "write", args: { filePath: join(world.project, "GUIDE.md"), content: "Guide\n" } }
        : undefined,
  })
  expect(existsSync(join(world.project, "GUIDE.md"))).toBe(true)
  await lead.says("Read GUIDE.md.")
})

test("4. work through a list", async () => {
  const example = recipe(4)
  /** Claims, works, says that it is done, and claims again until nothing is open. */
  const worker: Work = ({ toolResults, messages }) => {
    const last = toolResults.at(-1)
    const claimed = (last?.output as any)?.task
    if (last?.name === "claim_task" && claimed) return bash(`echo ${claimed.task_id}`)
    if (last?.name === "bash")
      return {
        name: "update_task",
        args: { task_id: Number(last.text.trim()), state: "done" },
      }
    const inVain = toolResults.filter(
      ({ name, output }) => name === "claim_task" && !(output as any).task,
    ).length
    const asked = messages.filter(({ role }) => role === "user").length
    return inVain < asked ? { name: "claim_task", args: {} } : undefined
  }
  const { lead } = await stage.play(example, { ada: worker, bob: worker })
  const [, asking] = callsOf(example)
  expect(await stage.make(lead, asking!)).toEqual(
    matcher(answerOf(example, "fleet_status")!.expected),
  )
  expect((await stage.inTerminal("meshfleet tasks dates")).out).toContain("Write it up")
  await lead.says("All three are done.")
})

test("5. try two solutions", async () => {
  const commit = (name: string) =>
    inOrder(
      bash(
        `echo ${name} > ${name}.txt && git add ${name}.txt && git -c user.name=t -c user.email=t@example.org commit -qm ${name}`,
      ),
    )
  const { lead, results } = await stage.play(recipe(5), {
    index: commit("index"),
    memo: commit("memo"),
  })
  const { branch } = results[0]!
  await git(world.project, "merge", "-q", branch)
  expect(["index.txt", "memo.txt"].map((file) => existsSync(join(world.project, file)))).toEqual([
    true,
    false,
  ])
  await lead.says("The index is merged.")
})

test("6. keep the cost in hand", async () => {
  const { lead, results } = await stage.play(recipe(6), {
    sweeper: ({ messages, toolResults }) =>
      JSON.stringify(messages).includes("You are asked to stop")
        ? undefined
        : bash(`echo package ${toolResults.length}`),
  })
  expect(results[0]!["error"].detail).toContain("20")
  await lead.says("It stopped at 20.")
})

test("7. change your mind", async () => {
  const example = recipe(7)
  const gate = world.gate("namer")
  stage.script(example, { namer: inOrder(bash(gate.command)) })
  const lead = await stage.begin(example)
  const [spawning, sending] = callsOf(example)
  const { fleet_id } = await stage.make(lead, spawning!)
  await gate.reached()
  await stage.make(lead, sending!)
  gate.open()
  await stage.collect(lead, example)
  await stage.expectMail(example, fleet_id)
  // In the middle of its work: it has answered once.
  const asked = world.model.requests.filter(({ agent }) => agent === "namer")
  expect(asked).toHaveLength(2)
  expect(JSON.stringify(asked[1]!.body)).toContain(sending!.args["payload"])
  await lead.says("Told.")
})

test("8. ask before a push", async () => {
  const example = recipe(8)
  stage.script(example, { releaser: inOrder(bash("git push origin HEAD:refs/heads/release/2.1")) })
  const lead = await stage.begin(example)
  await stage.make(lead, callsOf(example)[0]!)
  const { id } = await world.until("the question", (ledger) =>
    ledger.read((db) => db.get<{ id: string }>("SELECT id FROM questions WHERE state = 'open'")),
  )
  const origin = join(world.folder, "origin.git")
  expect(await git(origin, "branch", "--list")).toBe("")
  const [asking, answering] = example.commands
  expect((await stage.inTerminal(asking!)).out).toContain(id)
  expect(await stage.inTerminal(answering!, [/ask_\w+/, id])).toMatchObject({ code: 0 })
  await stage.collect(lead, example)
  expect(await git(origin, "branch", "--list")).toContain("release/2.1")
  await lead.says("Pushed.")
})

test("9. bring in a colleague", async () => {
  const example = recipe(9)
  const attaching = example.steps.find(
    (step): step is Call => isCall(step) && step.tool === "attach_agent",
  )!
  expect(attaching.by).toEqual(["importer"])
  const { lead } = await stage.play(example, {
    importer: inOrder(
      { name: "route_work", args: { description: "Privacy of personal data in a CSV import" } },
      { name: "attach_agent", args: attaching.args },
    ),
  })
  await lead.says("Imported.")
})

test("10. read the results elsewhere", async () => {
  const example = recipe(10)
  stage.script(example)
  const starter = await stage.begin(example, ", yesterday")
  const [spawning, listing] = callsOf(example)
  const { fleet_id } = await stage.make(starter, spawning!)
  await starter.says("Started.")
  await world.untilAgent("watchman", "complete")
  await window.rest(starter)
  const reader = await stage.begin(example)
  const listed = await stage.make(reader, listing!)
  expect(listed).toEqual(matcher(answerOf(example, "list_fleets")!.expected))
  expect(listed.fleets[0].fleet_id).toBe(fleet_id)
  await stage.collect(reader, example, { fleet_id })
  expect((await stage.inTerminal("meshfleet results night")).out).toContain(
    "2 of 61 tests are flaky",
  )
  await reader.says("Read.")
})
