import { afterAll, beforeAll, expect, test } from "bun:test"
import type { World } from "../support/world.ts"
import { inOrder } from "./act-out.ts"
import { type Call, isCall, readExamples } from "./read-examples.ts"
import { answerOf, callsOf, matcher, openStage, type Stage } from "./stage.ts"

// The examples of docs/patterns.md, but for those that end in a merge, each played once: its calls are made as they stand,
// its agents act out its mail, and what comes back is compared.

const patterns = readExamples("patterns.md")
const pattern = (title: RegExp) => patterns.find((each) => title.test(each.title))!

let world: World
let stage: Stage

beforeAll(async () => {
  ;({ world, stage } = await openStage(patterns))
})
afterAll(() => world?.end())

test("there are seven patterns", () => {
  expect(patterns.map(({ title }) => title)).toEqual([
    "Pipeline handoff",
    "Debate and consensus",
    "Failure recovery",
    "Ratified decision",
    // These three are in merging-patterns.test.ts.
    "Split and merge",
    "Review before merge",
    "Best of three",
  ])
  for (const { steps } of patterns) expect(steps.length).toBeGreaterThan(1)
})

test("pattern: a pipeline", async () => {
  const { lead } = await stage.play(pattern(/^Pipeline/))
  await lead.says("Written up.")
})

test("pattern: a debate", async () => {
  const { lead } = await stage.play(pattern(/^Debate/))
  await lead.says("Agreed.")
})

test("pattern: recovery", async () => {
  const { lead } = await stage.play(pattern(/^Failure/), {
    builder: inOrder({ name: "read", args: { filePath: "plan.txt" } }),
  })
  await lead.says("Built.")
})

test("pattern: a council", async () => {
  const example = pattern(/^Ratified/)
  const [spawning, opening, tallying] = callsOf(example)
  const votes = example.steps.filter(
    (step): step is Call => isCall(step) && step.tool === "cast_vote",
  )
  for (const { by, args } of votes)
    for (const name of by)
      world.model.script(name, [
        ({ messages, toolResults }) => {
          const proposal = /question from lead to all, (msg_\w+)[^>]*> Proposal:/.exec(
            JSON.stringify(messages),
          )?.[1]
          if (!proposal) return { text: "Ready." }
          return toolResults.some((result) => result.name === "cast_vote")
            ? { text: "I voted." }
            : { toolCalls: [{ name: "cast_vote", args: { ...args, message_id: proposal } }] }
        },
      ])
  const lead = await stage.begin(example)
  await stage.make(lead, spawning!)
  await lead.call("collect_results", { wait_seconds: 60 })
  const { message_id } = await stage.make(lead, opening!)
  await world.until("three votes", async (ledger) => {
    const cast = await ledger.read((db) =>
      db.all("SELECT actor FROM receipts WHERE message_id = ? AND action LIKE 'r-%'", message_id),
    )
    return cast.length === 3 || undefined
  })
  const [vote] = example.commands
  expect(await stage.inTerminal(vote!, [/msg_\w+/, message_id])).toMatchObject({ code: 0 })
  expect(await lead.call(tallying!.tool, { message_id })).toEqual(
    matcher(answerOf(example, "tally_ratification")!.expected),
  )
  await lead.says("Decided.")
})
