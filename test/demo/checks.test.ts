import { expect, test } from "bun:test"
import { type Check, checkAll, type Evidence } from "../../demo/checks.ts"

const agent = (name: string, agentName: string, joinedAt: number, attempts = 1) => ({
  id: `${name}-id`,
  name,
  agent: agentName,
  status: "complete",
  attempts,
  sessionId: `ses_${name}`,
  joinedAt,
})

const running = (name: string, pid: number, attempt = 1) => ({
  at: 0,
  type: "agent.running",
  agentId: `${name}-id`,
  data: { pid, attempt },
})

const sent = (from: string, to: string, type: string, sentAt: number) => ({
  from,
  to,
  type,
  sentAt,
  seenAt: sentAt + 90,
})

/** All of the demo happened. */
const whole: Evidence = {
  leadExit: 0,
  agents: [
    agent("mapper", "codebase-onboarding-engineer", 0),
    agent("reviewer", "code-reviewer", 0),
    agent("maker", "minimal-change-engineer", 0, 2),
    agent("security-reviewer", "application-security-engineer", 300),
  ],
  messages: [
    sent("mapper", "reviewer", "handoff", 100),
    sent("reviewer", "lead", "alert", 200),
    sent("reviewer", "maker", "handoff", 210),
  ],
  moments: [
    running("mapper", 11),
    running("reviewer", 12),
    running("maker", 13),
    running("security-reviewer", 14),
    running("maker", 15, 2),
  ],
  requests: [
    { agent: "reviewer", text: "[meshfleet] handoff from mapper, msg_1:", results: [] },
    { agent: "maker", text: "[meshfleet] handoff from reviewer, msg_2:", results: [] },
    {
      agent: "lead",
      text: "",
      results: [{ name: "collect_results", output: { complete: true, results: [1, 2, 3, 4] } }],
    },
  ],
  changed: ["plugin/mesh/cut-whole.ts", "test/mesh/cut-whole.test.ts"],
  tests: [{ file: "test/mesh/cut-whole.test.ts", exitCode: 0 }],
  killed: { agentId: "maker-id", pid: 13, sessionId: "ses_maker", attempt: 1, runs: 3 },
  left: [],
}

const failed = (evidence: Evidence) =>
  checkAll(evidence)
    .filter((check) => !check.ok)
    .map(({ title, detail }: Check) => `${title}: ${detail}`)

test("the whole demo passes every check", () => {
  expect(checkAll(whole)).toHaveLength(12)
  expect(failed(whole)).toEqual([])
})

test("nothing at all fails every check but the one for what is left", () => {
  const nothing = { agents: [], messages: [], moments: [], requests: [], changed: [], tests: [] }
  expect(failed({ ...whole, ...nothing, leadExit: "SIGKILL", killed: undefined })).toHaveLength(11)
})

test("two agents in one process are noticed", () => {
  const moments = [...whole.moments.slice(0, 3), running("security-reviewer", 11)]
  expect(failed({ ...whole, moments, killed: { ...whole.killed!, pid: 1 } })[0]).toBe(
    "every agent ran in a process of its own: 11, 12, 13, 11",
  )
})

test("a handoff that the ledger calls seen but that no request held does not count", () => {
  expect(failed({ ...whole, requests: whole.requests!.slice(1) })).toEqual([
    "mapper's handoff was in a request to reviewer's model: sent, never in a request",
  ])
})

test("a specialist that joined before the alert was not attached because of it", () => {
  const agents = [...whole.agents.slice(0, 3), { ...whole.agents[3]!, joinedAt: 199 }]
  expect(failed({ ...whole, agents })).toEqual([
    "application-security-engineer was attached and answered: security-reviewer, not after the alert, complete",
  ])
})

test("a change of another file is not the change", () => {
  expect(failed({ ...whole, changed: ["README.md"] })).toEqual(["the change is on disk: README.md"])
})

test("a killed agent that went on in another session did not go on", () => {
  const killed = { ...whole.killed!, sessionId: "ses_before" }
  expect(failed({ ...whole, killed })).toEqual([
    "the agent killed in mid-work went on in the same session: process 13 → 15, attempts 2",
  ])
})

test("an attempt that had failed before the kill does not count as its survival", () => {
  const killed = { ...whole.killed!, attempt: 2, pid: 15 }
  expect(failed({ ...whole, killed })).toEqual([
    "the agent killed in mid-work went on in the same session: process 15 → none, attempts 2",
  ])
  const moments = [...whole.moments, running("maker", 16, 3)]
  expect(failed({ ...whole, killed, moments })).toEqual([])
})

test("a process that is left is named", () => {
  expect(failed({ ...whole, left: [4711] })).toEqual(["no process is left: 4711"])
})

test("with a model of the user's only what must hold is asked for", () => {
  const { requests: _, killed: __, ...seen } = whole
  expect(failed({ ...seen, changed: ["plugin/other.ts"] })).toEqual([])
  expect(checkAll(seen)).toHaveLength(10)
})
