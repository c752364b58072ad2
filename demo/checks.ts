import { helperFile, testFile } from "./change.ts"
import type { Killed } from "./kill.ts"
import { specialist } from "./prompts.ts"
import type { Moment } from "./timeline.ts"

/** What is known when all is over: from the ledger, the model's requests and the file system. */
export interface Evidence {
  leadExit: number | string
  agents: SeenAgent[]
  messages: SeenMessage[]
  moments: readonly Moment[]
  /** What the scripted model was asked; unknown with a model of the user's. */
  requests?: readonly SeenRequest[]
  /** Files that differ from the copied repository. */
  changed: readonly string[]
  /** The changed tests, run once more by the demo itself. */
  tests: readonly { file: string; exitCode: number | null }[]
  killed?: Killed | undefined
  /** Processes of the demo that are still alive. */
  left: readonly number[]
}

export interface SeenAgent {
  id: string
  name: string
  agent: string | null
  status: string
  attempts: number
  sessionId: string | null
  joinedAt: number
}

export interface SeenMessage {
  /** Names, or "lead". */
  from: string
  to: string
  type: string
  sentAt: number
  seenAt: number | null
}

export interface SeenRequest {
  agent: string
  text: string
  /** Results of all tools in the conversation. */
  results: readonly { name: string; output: unknown }[]
}

export interface Check {
  title: string
  ok: boolean
  detail: string
}

export const checkAll = (evidence: Evidence): Check[] => [
  check(
    "the lead's OpenCode ended well",
    evidence.leadExit === 0,
    `exit code ${evidence.leadExit}`,
  ),
  separateProcesses(evidence),
  handoff(evidence, "mapper", "reviewer"),
  handoff(evidence, "reviewer", "maker"),
  alerted(evidence),
  attached(evidence),
  everybodyComplete(evidence),
  ...(evidence.requests ? [collected(evidence.agents, evidence.requests)] : []),
  changedFiles(evidence),
  testsPass(evidence),
  ...(evidence.requests ? [survived(evidence)] : []),
  check(
    "no process is left",
    evidence.left.length === 0,
    evidence.left.join(", ") || "none by mark",
  ),
]

const check = (title: string, ok: boolean, detail: string): Check => ({ title, ok, detail })

const separateProcesses = ({ agents, moments }: Evidence) => {
  const pids = agents.map(
    ({ id }) =>
      moments.find(({ type, agentId }) => type === "agent.running" && agentId === id)?.data["pid"],
  )
  const isSeparate =
    pids.length >= 4 && !pids.includes(undefined) && new Set(pids).size === pids.length
  return check("every agent ran in a process of its own", isSeparate, `${pids.join(", ")}`)
}

const handoff = ({ messages, requests }: Evidence, from: string, to: string) => {
  const sent = messages.find(
    (each) => each.type === "handoff" && each.from === from && each.to === to,
  )
  const inRequest = requests?.some(
    ({ agent, text }) => agent === to && text.includes(`handoff from ${from}`),
  )
  const ok = sent?.seenAt != null && inRequest !== false
  const detail = !sent
    ? "never sent"
    : sent.seenAt === null || !ok
      ? "sent, never in a request"
      : after(sent.sentAt, sent.seenAt)
  // Only the scripted model's requests are known word for word.
  const where = requests ? `was in a request to ${to}'s model` : `reached ${to}`
  return check(`${from}'s handoff ${where}`, ok, detail)
}

const alertOf = (messages: readonly SeenMessage[]) =>
  messages.find(({ type, from }) => type === "alert" && from === "reviewer")

const alerted = ({ messages }: Evidence) => {
  const alert = alertOf(messages)
  const detail = !alert
    ? "never sent"
    : alert.seenAt === null
      ? "never seen"
      : after(alert.sentAt, alert.seenAt)
  return check("the reviewer's alert reached the lead", alert?.seenAt != null, detail)
}

const attached = ({ agents, messages }: Evidence) => {
  const alert = alertOf(messages)
  const agent = agents.find((each) => each.agent === specialist)
  const isLater = agent !== undefined && alert !== undefined && agent.joinedAt > alert.sentAt
  const detail = agent
    ? `${agent.name}, ${isLater ? "after" : "not after"} the alert, ${agent.status}`
    : "never attached"
  return check(
    `${specialist} was attached and answered`,
    isLater && agent.status === "complete",
    detail,
  )
}

const everybodyComplete = ({ agents }: Evidence) =>
  check(
    "every agent came to an answer",
    agents.length > 0 && agents.every(({ status }) => status === "complete"),
    agents.map(({ name, status }) => `${name} ${status}`).join(", "),
  )

const collected = (agents: readonly SeenAgent[], requests: readonly SeenRequest[]) => {
  const outputs = requests
    .filter(({ agent }) => agent === "lead")
    .flatMap(({ results }) => results)
    .filter(({ name }) => name === "collect_results")
    .map(({ output }) => output as { complete?: boolean; results?: unknown[] })
  const last = outputs.at(-1)
  const ok = last?.complete === true && last.results?.length === agents.length
  return check(
    "the lead collected every result",
    ok,
    `${last?.results?.length ?? 0} of ${agents.length}`,
  )
}

const changedFiles = ({ changed, requests }: Evidence) => {
  const ok = requests
    ? changed.includes(helperFile) && changed.includes(testFile)
    : changed.length > 0
  return check("the change is on disk", ok, changed.join(", ") || "nothing changed")
}

const testsPass = ({ tests }: Evidence) =>
  check(
    "its test passes when the demo runs it too",
    tests.length > 0 && tests.every(({ exitCode }) => exitCode === 0),
    tests.map(({ file, exitCode }) => `${file}: exit code ${exitCode}`).join(", ") ||
      "no test was added",
  )

const survived = ({ agents, moments, killed }: Evidence) => {
  const title = "the agent killed in mid-work went on in the same session"
  if (!killed) return check(title, false, "it was never caught in its long call")
  const agent = agents.find(({ id }) => id === killed.agentId)
  const next = killed.attempt + 1
  const again = moments.find(
    ({ type, agentId, data }) =>
      type === "agent.running" && agentId === killed.agentId && data["attempt"] === next,
  )
  const ok =
    agent?.status === "complete" &&
    agent.sessionId === killed.sessionId &&
    again !== undefined &&
    again.data["pid"] !== killed.pid
  const detail = `process ${killed.pid} → ${again?.data["pid"] ?? "none"}, attempts ${agent?.attempts}`
  return check(title, ok, detail)
}

const after = (from: number, to: number) => `${to - from} ms after it was sent`
