import { afterAll, beforeAll, expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import type { Step, StepContext } from "../../../scripted-model/types.ts"
import { read } from "../../system/event-server/reader.ts"
import type { Window } from "../support/window.ts"
import { createWorld, type World } from "../support/world.ts"

// Each agent answers from what it has heard and done so far, so that it does not matter whether mail
// meets it at work or wakes it.

const heard = ({ messages }: StepContext, pattern: RegExp) =>
  JSON.stringify(messages).match(new RegExp(pattern, "g"))?.length ?? 0

const sent = ({ toolResults }: StepContext) =>
  toolResults.filter(({ name }) => name === "send_message").length

const send = (args: {
  to_agent_id: string
  type: string
  payload: string
  correlation_id?: string
}) => ({
  toolCalls: [{ name: "send_message", args }],
})

const pipeline: Record<string, Step[]> = {
  mapper: [
    { toolCalls: [{ name: "bash", args: { command: "ls", description: "List" } }] },
    (context) =>
      sent(context) === 0
        ? send({
            to_agent_id: "checker",
            type: "handoff",
            payload: `MAP ${context.toolResults[0]?.text.trim()}`,
          })
        : { text: "Mapped." },
  ],
  checker: [
    (context) =>
      heard(context, /handoff from mapper/) > sent(context)
        ? send({
            to_agent_id: "writer",
            type: "handoff",
            payload: `CHECKED ${/MAP (\S+)/.exec(context.lastUser)?.[1]}`,
          })
        : { text: sent(context) === 0 ? "I wait for the map." : "Checked." },
  ],
  writer: [
    (context) => ({
      text: `Wrote about: ${/CHECKED (\S+)/.exec(context.lastUser)?.[1] ?? "nothing yet"}`,
    }),
  ],
}

const correlation_id = "tabs-or-spaces"
const debate: Record<string, Step[]> = {
  pro: [
    (context) => {
      if (heard(context, /I agree/) > 0)
        return heard(context, /CONSENSUS/) > 0
          ? { text: "We agreed on spaces." }
          : send({ to_agent_id: "reporter", type: "handoff", payload: "CONSENSUS: spaces" })
      const round = sent(context) + 1
      return heard(context, /result from con/) === sent(context)
        ? send({
            to_agent_id: "con",
            type: "question",
            payload: `Reason ${round} for spaces?`,
            correlation_id,
          })
        : { text: "I wait for con." }
    },
  ],
  con: [
    (context) => {
      const round = sent(context) + 1
      if (heard(context, /question from pro/) < round) return { text: "I wait for pro." }
      const payload = round < 3 ? `Not convinced by reason ${round}.` : "I agree."
      return send({ to_agent_id: "pro", type: "result", payload, correlation_id })
    },
  ],
  reporter: [
    (context) => ({
      text: heard(context, /CONSENSUS: spaces/) > 0 ? "They agreed on spaces." : "I wait.",
    }),
  ],
}

const recovery: Record<string, Step[]> = {
  builder: [
    (context) => {
      const calls = context.toolResults.map(({ name }) => name)
      if (!calls.includes("read"))
        return { toolCalls: [{ name: "read", args: { filePath: "plan.txt" } }] }
      if (sent(context) === 0)
        return {
          toolCalls: [
            {
              name: "send_message",
              args: { to_agent_id: "*", type: "alert", payload: "The plan is missing." },
            },
            {
              name: "send_message",
              args: { to_agent_id: "helper", type: "request_help", payload: "Where is the plan?" },
            },
          ],
        }
      if (heard(context, /result from helper/) === 0)
        return { text: "Blocked: the plan is missing." }
      return calls.includes("bash")
        ? { text: `Built from: ${context.toolResults.at(-1)?.text.trim()}` }
        : { toolCalls: [{ name: "bash", args: { command: "cat README.md", description: "Read" } }] }
    },
  ],
  helper: [
    (context) =>
      heard(context, /request_help from builder/) > sent(context)
        ? send({ to_agent_id: "builder", type: "result", payload: "It is README.md." })
        : { text: sent(context) === 0 ? "I am here." : "Helped." },
  ],
}

/** Ready at first; the proposal wakes it, and it votes once. */
const voter = (approve: boolean): Step[] => [
  ({ messages, toolResults }) => {
    const proposal = /question from lead to all, (msg_\w+)[^>]*> Proposal: spaces/.exec(
      JSON.stringify(messages),
    )?.[1]
    if (!proposal) return { text: "Ready." }
    return toolResults.some(({ name }) => name === "cast_vote")
      ? { text: approve ? "I voted for spaces." : "I voted against spaces." }
      : {
          toolCalls: [
            {
              name: "cast_vote",
              args: { message_id: proposal, approve, note: `My reason (${approve}).` },
            },
          ],
        }
  },
]
const council = { ayes: voter(true), chair: voter(true), noes: voter(false) }

/** What the template bug-investigation has its agents do. */
const investigation: Record<string, Step[]> = {
  reproducer: [
    (context) =>
      sent(context) === 0
        ? send({
            to_agent_id: "investigator",
            type: "handoff",
            payload: `SHOWS ${/fail on demand: ([^\\]+)/.exec(JSON.stringify(context.messages))?.[1]}`,
          })
        : { text: heard(context, /handoff from fixer/) > 0 ? "Gone after the fix." : "Shown." },
  ],
  investigator: [
    (context) =>
      sent(context) === 0
        ? send({
            to_agent_id: "fixer",
            type: "handoff",
            payload: `CAUSE of ${/SHOWS ([^\\"]+)/.exec(JSON.stringify(context.messages))?.[1]}`,
          })
        : { text: "Proven." },
  ],
  fixer: [
    (context) =>
      sent(context) === 0
        ? send({ to_agent_id: "reproducer", type: "handoff", payload: "FIXED" })
        : { text: /CAUSE of [^\\"]+/.exec(JSON.stringify(context.messages))?.[0] ?? "?" },
  ],
}

let world: World
let window: Window
beforeAll(async () => {
  world = await createWorld({
    agents: { ...pipeline, ...debate, ...recovery, ...council, ...investigation },
    settings: { isolation: "shared", linger_ms: 500, tools: "all" },
  })
  window = await world.window()
})
afterAll(() => world?.end())

/** Spawns, and collects until all is there: mail for the lead ends a wait. What happens between is the fleet's own. */
const runFleet = (name: string, agents: Record<string, unknown>) =>
  runBy(name, "spawn_fleet", {
    name,
    agents: Object.keys(agents).map((each) => ({
      name: each,
      role: each,
      prompt: `Do the ${each}'s part.`,
    })),
  })

const runBy = async (name: string, tool: string, args: object) => {
  const lead = await window.lead(`${name}-lead`)
  const { fleet_id } = await lead.call(tool, args)
  let collected: any
  let waits = 0
  do {
    collected = await lead.call("collect_results", { fleet_id, wait_seconds: 60 })
    waits++
  } while (!collected.complete && waits < 5)
  await lead.says("Reported.")
  const { requests } = world.model
  expect(requests.filter(({ agent }) => agent === lead.name)).toHaveLength(2 + waits)
  const messages = await (
    await world.ledger()
  ).read((db) =>
    db.all<{ sender: string; recipient: string; type: string; correlation_id: string | null }>(
      `SELECT coalesce(s.name, m.from_agent_id) AS sender, coalesce(r.name, m.to_agent_id) AS recipient,
         m.type, m.correlation_id
       FROM messages m LEFT JOIN agents s ON s.id = m.from_agent_id LEFT JOIN agents r ON r.id = m.to_agent_id
       WHERE m.fleet_id = ? AND m.from_agent_id <> 'meshfleet' ORDER BY m.seq`,
      fleet_id,
    ),
  )
  return {
    fleet_id,
    waits,
    complete: [collected.status, collected.complete],
    outputs: Object.fromEntries(collected.results.map((each: any) => [each.name, each.output])),
    arrows: messages.map(({ sender, type, recipient }) => `${sender} -${type}> ${recipient}`),
    correlations: new Set(messages.map((each) => each.correlation_id)),
  }
}

test("a pipeline hands its work from the first to the second to the third agent", async () => {
  const story = await runFleet("pipeline", pipeline)
  expect(story.waits).toBe(1)
  expect(story.complete).toEqual(["complete", true])
  expect(story.arrows).toEqual(["mapper -handoff> checker", "checker -handoff> writer"])
  expect(story.outputs).toEqual({
    mapper: "Mapped.",
    checker: "Checked.",
    writer: "Wrote about: README.md",
  })
})

test("two agents argue under one correlation until they agree, and a third reports it", async () => {
  const story = await runFleet("debate", debate)
  expect(story.complete).toEqual(["complete", true])
  expect(story.arrows).toEqual([
    "pro -question> con",
    "con -result> pro",
    "pro -question> con",
    "con -result> pro",
    "pro -question> con",
    "con -result> pro",
    "pro -handoff> reporter",
  ])
  expect(story.correlations).toEqual(new Set([correlation_id, null]))
  expect(story.outputs).toEqual({
    pro: "We agreed on spaces.",
    con: "I wait for pro.",
    reporter: "They agreed on spaces.",
  })
})

test("an agent whose tool fails alerts the fleet, asks a peer, and finishes with its answer", async () => {
  const story = await runFleet("recovery", recovery)
  // The alert ends the lead's first wait.
  expect(story.waits).toBe(2)
  expect(story.complete).toEqual(["complete", true])
  expect(story.arrows).toEqual([
    "builder -alert> *",
    "builder -request_help> helper",
    "helper -result> builder",
  ])
  expect(story.outputs).toEqual({ builder: "Built from: # A project", helper: "Helped." })
  const lead = JSON.stringify(
    world.model.requests.findLast(({ agent }) => agent === "recovery-lead")?.body,
  )
  expect(lead).toContain("alert from builder")
})

test("a template that is shipped becomes a fleet of its specialists, who hand on as it says", async () => {
  const story = await runBy("bugs", "spawn_from_template", {
    name: "bug-investigation",
    variables: { symptom: "the login forgets people", steps: "none" },
  })
  expect(story.complete).toEqual(["complete", true])
  expect(story.arrows).toEqual([
    "reproducer -handoff> investigator",
    "investigator -handoff> fixer",
    "fixer -handoff> reproducer",
  ])
  expect(story.outputs).toEqual({
    reproducer: "Gone after the fix.",
    investigator: "Proven.",
    fixer: "CAUSE of the login forgets people",
  })
  const agents = await world.agents(story.fleet_id)
  expect(agents.map(({ agent }) => agent)).toEqual([
    "bug-triager",
    "debugger",
    "minimal-change-engineer",
  ])
})

test("a lead saves a template, and is told what it needs", async () => {
  const lead = await window.lead("saving-lead")
  const agents = [{ name: "echoer", role: "Echo", prompt: "Say {{word}}." }]
  const { template } = await lead.call("save_fleet_template", { name: "echo", agents })
  expect([template.version, template.variables]).toEqual([1, ["word"]])
  const { templates } = await lead.call("list_fleet_templates")
  expect(templates.map(({ name, source }: any) => `${name} ${source}`)).toEqual([
    "bug-investigation bundled",
    "code-review-trio bundled",
    "echo saved",
    "explore-plan-implement bundled",
    "refactor bundled",
    "security-audit bundled",
    "test-generation bundled",
  ])
  expect(String(await lead.call("spawn_from_template", { name: "echo" }))).toContain(
    "the variables of echo are word; missing: word",
  )
  await lead.says("Saved.")
})

test("a fleet that has argued votes: the proposal wakes it, and its lead is told the outcome", async () => {
  const lead = await window.lead("council-lead")
  const { fleet_id } = await lead.call("spawn_fleet", {
    agents: Object.keys(council).map((name) => ({ name, role: name, prompt: "Be ready to vote." })),
  })
  await lead.call("collect_results", { fleet_id, wait_seconds: 60 })
  const { stream_url, token_file } = await lead.call("subscribe_inbox", { agent_id: "chair" })
  const token = readFileSync(token_file, "utf8").trim()
  const streamed = await read(stream_url, { token })
  const opened = await lead.call("open_ratification", {
    fleet_id,
    subject: "spaces",
    quorum: 2,
    required_signoffs: ["chair"],
    deadline: "PT10M",
  })
  expect(opened).toMatchObject({ status: "open", tally: { silent: 3 } })
  await streamed.until(({ events }) => events.some(({ data }) => data.id === opened.message_id))
  streamed.close()
  // The lead ends its turn: the outcome wakes it, before or after the end of the fleet does.
  const outcome = `Proposal ${opened.message_id} \`spaces\` is ratified: 2 of 3 approve`
  let told: string
  do {
    await lead.says("I wait for the votes.")
    told = JSON.stringify((await lead.request()).messages)
  } while (!told.includes(outcome) && told.split("I wait for the votes.").length < 4)
  expect(told).toContain(outcome)
  const { status, tally } = await lead.call("tally_ratification", {
    message_id: opened.message_id,
  })
  expect([status, tally.approving]).toEqual(["ratified", 2])
  expect(tally.votes).toContainEqual({
    voter: expect.stringMatching(/^chair-/),
    vote: "approve",
    weight: 1,
    signoff: true,
    note: "My reason (true).",
  })
  await lead.says("Decided.")
})
