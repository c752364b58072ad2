import { expect, test } from "bun:test"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { lead } from "../../demo/scripts/lead.ts"
import { maker } from "../../demo/scripts/maker.ts"
import { mapper } from "../../demo/scripts/mapper.ts"
import { reviewer } from "../../demo/scripts/reviewer.ts"
import { securityReviewer } from "../../demo/scripts/security-reviewer.ts"
import { contextOf } from "../../scripted-model/turn.ts"
import type { ChatMessage, StepContext, Turn } from "../../scripted-model/types.ts"

type Exchange = { tool: string; answer: string } | { user: string }

/** A conversation in which the tools were called in this order and answered so. */
const after = (...exchanges: Exchange[]): StepContext => {
  const messages = exchanges.flatMap((each, index): ChatMessage[] => {
    if ("user" in each) return [{ role: "user", content: each.user }]
    const id = `call_${index}`
    const call = { id, type: "function", function: { name: each.tool, arguments: "{}" } }
    return [
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", content: each.answer, tool_call_id: id },
    ]
  })
  return contextOf({ model: "m1", messages }, { agent: "a", headers: {}, index: 0 })
}

const bash = (answer: string) => ({ tool: "bash", answer })
const read = { tool: "read", answer: "…" }
const callOf = (turn: Turn) => turn.toolCalls?.[0] as { name: string; args: Record<string, any> }

const cut = { file: "plugin/mesh/prompts.ts", line: 65, text: "export const cut = …" }
const secret = {
  file: "plugin/opencode/api/host-starter.ts",
  line: 49,
  text: "PASSWORD: password,",
}
const fromMapper = {
  user: `[meshfleet] handoff from mapper, msg_1:\n> ${JSON.stringify({ context: "…", cut, secret })}`,
}
const fromReviewer = {
  user: `[meshfleet] handoff from reviewer, msg_2:\n> ${JSON.stringify({ context: "…", cut })}`,
}

test("the function the mapper looks for is where this repository has it", () => {
  const source = readFileSync(join(import.meta.dir, "../..", cut.file), "utf8")
  expect(source).toContain("export const cut = (")
})

test("the mapper hands over the places that its greps found", () => {
  const turn = mapper(
    after(
      bash("   3 plugin/opencode\n   9 plugin/mesh\n"),
      bash("plugin/mesh/prompts.ts:65:export const cut = …\n"),
      bash("none\n"),
      bash(
        "plugin/a.ts:7:  // OPENCODE_SERVER_PASSWORD\nplugin/opencode/api/host-starter.ts:49:  OPENCODE_SERVER_PASSWORD: password,\n",
      ),
      read,
    ),
  )
  expect(callOf(turn)).toMatchObject({
    name: "send_message",
    args: {
      to_agent_id: "reviewer",
      type: "handoff",
      payload: {
        cut: { file: "plugin/mesh/prompts.ts", line: 65 },
        secret: { file: "plugin/opencode/api/host-starter.ts", line: 49 },
      },
    },
  })
  expect(callOf(turn).args["payload"].context).toContain("9 plugin/mesh, 3 plugin/opencode")
})

test("the reviewer waits without a handoff, and starts with the file of the handoff", () => {
  expect(reviewer(after({ user: "Review it." }))).toEqual({
    text: "I wait for the mapper's handoff.",
  })
  expect(callOf(reviewer(after({ user: "Review it." }, fromMapper))).args["filePath"]).toBe(
    "plugin/mesh/prompts.ts",
  )
})

test("the reviewer's finding is what its run showed, whichever it was", () => {
  const findingFor = (output: string) => {
    const { toolCalls } = reviewer(after(fromMapper, read, bash(output), read))
    const { args } = toolCalls!.at(-1) as { args: Record<string, any> }
    expect(args).toMatchObject({ to_agent_id: "maker", type: "handoff" })
    return args["payload"].context
  }
  expect(findingFor('"ab\\ud83d…"\n')).toContain("cuts inside a character")
  expect(findingFor('"ab…"\n')).toContain("keeps whole characters")
})

test("the reviewer's alert names file and line and goes to the lead", () => {
  const { args } = callOf(reviewer(after(fromMapper, read, bash('"ab…"'), read)))
  expect(args).toMatchObject({ to_agent_id: "lead", type: "alert" })
  expect(args["payload"]).toStartWith("plugin/opencode/api/host-starter.ts:49 ")
})

const written = { tool: "write", answer: "Wrote file successfully." }
const passed = bash(" 3 pass\n 0 fail\n")

test("the maker reports the number of tests that passed, and how many runs", () => {
  const turn = maker(
    after(fromReviewer, read, written, written, passed, bash("10 of 10 runs passed")),
  )
  expect(turn.text).toContain("3 tests pass, 0 fail; 10 of 10 runs passed.")
  expect(turn.text).not.toContain("interrupted")
})

test("a maker that was interrupted in its series of runs goes on with it once", () => {
  const cutOff = bash("[Tool execution was interrupted]")
  const before = [fromReviewer, read, written, written, passed, cutOff]
  expect(callOf(maker(after(...before))).args["command"]).toContain("runs passed")
  expect(maker(after(...before, bash("10 of 10 runs passed"))).text).toContain(
    "went on where it ended",
  )
})

test("a maker whose test fails says so and stops", () => {
  const turn = maker(after(fromReviewer, read, written, written, bash(" 1 pass\n 2 fail\n")))
  expect(turn.text).toStartWith("The new test fails:")
})

test("the security reviewer's verdict is what its own shell showed", () => {
  const verdictFor = (shell: string) =>
    securityReviewer(after(bash("plugin/x.ts:3:OPENCODE_SERVER_PASSWORD"), read, bash(shell))).text
  expect(verdictFor("it has no value here\n")).toContain("no finding")
  expect(verdictFor("it has a value here\n")).toContain("must be closed")
})

const spawned = { tool: "spawn_fleet", answer: '{"fleet_id":"flt_1"}' }
const alert = {
  tool: "get_inbox",
  answer: '{"messages":[{"type":"alert","payload":"a.ts:1 leaks"}]}',
}
const routed = { tool: "route_work", answer: '{"matches":[{"agent":"x"}]}' }
const attached = { tool: "attach_agent", answer: "{}" }
const collected = (output: string) => ({
  tool: "collect_results",
  answer: JSON.stringify({
    complete: true,
    results: [{ name: "maker", agent: "m", status: "complete", output }],
  }),
})

test("the lead waits for the alert before it attaches the specialist, and quotes it", () => {
  expect(callOf(lead(after(spawned))).name).toBe("get_inbox")
  expect(callOf(lead(after(spawned, alert))).name).toBe("route_work")
  expect(callOf(lead(after(spawned, alert, routed))).args).toMatchObject({
    fleet_id: "flt_1",
    agent: "application-security-engineer",
    prompt: expect.stringContaining("a.ts:1 leaks"),
  })
})

test("the lead takes an alert that was pushed into its session as well", () => {
  const pushed = { user: "[meshfleet] alert from reviewer, msg_3, flt_1:\n> a.ts:1 leaks" }
  expect(callOf(lead(after(spawned, pushed))).args["description"]).toBe("a.ts:1 leaks")
})

test("the lead collects again while an answer only says that somebody waits", () => {
  const waiting = collected("I wait for the reviewer's handoff.")
  const soFar = [spawned, alert, routed, attached, waiting]
  expect(callOf(lead(after(...soFar))).name).toBe("fleet_status")
  const looked = { tool: "fleet_status", answer: "{}" }
  expect(callOf(lead(after(...soFar, looked))).name).toBe("collect_results")
  expect(lead(after(...soFar, looked, collected("Added it."))).text).toContain(
    "maker (complete): Added it.",
  )
})

test("a fleet that cannot be spawned is reported, not waited for", () => {
  const refused = { tool: "spawn_fleet", answer: "[LIMIT_REACHED] 16 fleets are running." }
  expect(lead(after(refused)).text).toContain("LIMIT_REACHED")
})
