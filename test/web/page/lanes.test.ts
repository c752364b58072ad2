import { describe, expect, test } from "bun:test"
import type { AgentShown, Happening } from "../../../plugin/mesh/views/shown.ts"
import { lanesOf } from "../../../plugin/web/page/lanes.ts"

const agent = (more: Partial<AgentShown> = {}): AgentShown => ({
  id: "a-1",
  fleetId: "flt_1",
  position: 0,
  name: "a",
  role: "a",
  agent: null,
  model: null,
  state: "running",
  doing: "",
  lastTool: null,
  attempts: 1,
  tokens: 0,
  costUsd: 0,
  turns: 0,
  unread: 0,
  createdAt: 0,
  startedAt: 20,
  endedAt: null,
  waitsSince: null,
  silentSince: null,
  ...more,
})

let seq = 0
const event = (at: number, type: string, text = ""): Happening => ({
  seq: ++seq,
  at,
  type,
  fleetId: "flt_1",
  agentId: "a-1",
  who: "a",
  to: [],
  text,
  kind: null,
})

const spans = (segments: readonly { kind: string; from: number; to: number | null }[]) =>
  segments.map(({ kind, from, to }) => `${kind} ${from}-${to ?? ""}`)

const begun = [event(0, "agent.queued"), event(10, "agent.starting"), event(20, "agent.running")]

describe("a lane", () => {
  test("is queued, starts and works on", () => {
    const [lane] = lanesOf([agent()], begun)
    expect(spans(lane!.base)).toEqual(["queued 0-10", "starting 10-20", "running 20-"])
  })

  test("shows each attempt, and how it ended", () => {
    const [lane] = lanesOf(
      [agent({ endedAt: 90 })],
      [
        ...begun,
        event(40, "agent.interrupted", "HOST_LOST: gone"),
        event(50, "agent.retrying"),
        event(60, "agent.running"),
        event(90, "agent.failed", "TIMEOUT"),
      ],
    )
    expect(spans(lane!.base)).toEqual([
      "queued 0-10",
      "starting 10-20",
      "running 20-40",
      "retry 40-50",
      "starting 50-60",
      "running 60-90",
    ])
    expect(lane!.marks.map(({ at, kind }) => `${kind} ${at}`)).toEqual([
      "attempt 40",
      "attempt 50",
      "failed 90",
    ])
  })

  test("shows a wait for a person until the answer, or the agent's end", () => {
    const ask = event(30, "question.asked")
    const answered = lanesOf([agent()], [...begun, ask, event(45, "question.answered")])
    expect(spans(answered[0]!.over)).toEqual(["person 30-45"])
    const open = lanesOf([agent()], [...begun, ask])
    expect(spans(open[0]!.over)).toEqual(["person 30-"])
    const cancelled = lanesOf([agent()], [...begun, ask, event(50, "agent.cancelled")])
    expect(spans(cancelled[0]!.over)).toEqual(["person 30-50"])
  })

  test("shows a stall while nothing is heard, and waits for mail", () => {
    const stalled = [...begun, event(70, "agent.stalled")]
    expect(spans(lanesOf([agent({ silentSince: 60 })], stalled)[0]!.over)).toEqual(["stalled 70-"])
    expect(spans(lanesOf([agent()], [...stalled, event(80, "agent.woken")])[0]!.over)).toEqual([
      "stalled 70-80",
    ])
    const waits = new Map([["a-1", [{ from: 22, to: 25 }]]])
    expect(spans(lanesOf([agent({ waitsSince: 30 })], begun, waits)[0]!.over)).toEqual([
      "mail 22-25",
      "mail 30-",
    ])
  })

  test("whose beginning is not in the history was at work before it", () => {
    const [lane] = lanesOf([agent({ endedAt: 99 })], [event(99, "agent.complete")])
    expect(spans(lane!.base)).toEqual(["running 20-99"])
  })
})
