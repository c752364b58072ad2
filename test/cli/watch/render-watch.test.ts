import { describe, expect, test } from "bun:test"
import type { AgentLog } from "../../../plugin/cli/mesh/read-log.ts"
import type { AgentStatus } from "../../../plugin/cli/render/render-fleet.ts"
import { widthOf } from "../../../plugin/cli/render/render-text.ts"
import { textOf } from "../../../plugin/cli/render/styled.ts"
import { rank } from "../../../plugin/cli/watch/attention.ts"
import { renderWatch, type WatchModel } from "../../../plugin/cli/watch/render-watch.ts"
import { firstState, type WatchState } from "../../../plugin/cli/watch/watch-state.ts"

const at = Date.UTC(2026, 0, 1, 0, 10)
const agent = (name: string, more: Partial<AgentStatus> = {}): AgentStatus => ({
  agent_id: `${name}-1`,
  name,
  role: name,
  status: "running",
  pid: 1,
  host_alive: true,
  attempts: 1,
  activity: "tool bash",
  age_ms: 1000,
  tokens: 0,
  cost_usd: 0,
  unread: 0,
  blocked_on: null,
  ...more,
})
const model = (agents: AgentStatus[], more: Partial<WatchModel> = {}): WatchModel => ({
  status: {
    fleet: {
      fleet_id: "flt_1",
      name: "shop",
      status: "running",
      isolation: "auto",
      max_parallel: 4,
      created_at: "2026-01-01T00:00:00.000Z",
    },
    agents,
  },
  events: [],
  questions: [],
  votes: [],
  log: undefined,
  ...more,
})
const draw = (what: WatchModel, state: Partial<WatchState> = {}, columns = 100, rows = 24) =>
  renderWatch(what, { ...firstState, ...state }, { columns, rows }, at).map(textOf)

/** Markup, escapes, 64 KB in one line, what turns the direction, families of emoji, piles of marks. */
const payloads = [
  "<script>alert(1)</script>",
  "\u001b[31m\u001b[2J\u001b]0;t\u0007\u009b1A",
  "x".repeat(65_536),
  "日本".repeat(16_384),
  "\u202eabc\u200f\u2066 שלום עולם",
  "👨‍👩‍👧‍👦🏳️‍🌈👍🏽".repeat(200),
  `a${"\u0301".repeat(5000)}b`,
]

describe("the strip on top", () => {
  test("says who waits for a person or is stuck, and why, before everything else", () => {
    const lines = draw(
      model([
        agent("fine"),
        agent("broken", { status: "failed", error: { code: "HOST_LOST", detail: "gone" } }),
        agent("silent", { silent_ms: 360_000 }),
        agent("asking", { blocked_on: "bash git push", question_id: "ask_1" }),
      ]),
    )
    expect(lines.slice(1, 5).map((line) => line.trimEnd())).toEqual([
      "! asking waits for a person: bash git push  (a answers)",
      "! silent silent for 6m 00s: tool bash  (choose it: Enter looks, m asks, s stops)",
      "! broken HOST_LOST: gone  (choose it: Enter looks)",
      "  1 running, 1 failed, 1 silent, 1 asks",
    ])
    expect(
      lines.slice(6, 10).map((line) => line.trim().split(/ +/)[line.startsWith(">") ? 1 : 0]),
    ).toEqual(["asking", "silent", "broken", "fine"])
  })

  test("says that all wait, who wait for a vote, and that nobody needs anything", () => {
    const waiting = agent("a", { blocked_on: "message" })
    expect(draw(model([waiting, agent("b")]))[1]).toStartWith("Nobody is stuck")
    expect(draw(model([waiting, agent("b", { status: "complete" })]))[1]).toStartWith(
      "! a waits for a message, as all others do  (m sends one)",
    )
    const votes = [{ message_id: "msg_1", subject: "use Postgres" }]
    expect(draw(model([agent("a")], { votes }))[1]).toStartWith(
      "! a proposal waits for your vote: use Postgres",
    )
  })
})

describe("64 agents", () => {
  const agents = Array.from({ length: 64 }, (_, index) =>
    agent(`agent-${index}`, index === 63 ? { silent_ms: 1000 } : {}),
  )

  test("are scrolled so that the chosen one is seen, and the one in need comes first", () => {
    const ids = rank(agents, at).map(({ agent }) => agent.agent_id)
    expect(ids[0]).toBe("agent-63-1")
    for (const selected of [ids[0]!, ids[30]!, ids[63]!]) {
      const lines = draw(model(agents), { selected }, 80, 16)
      expect(lines.filter((line) => line.startsWith("> "))).toHaveLength(1)
      expect(lines.find((line) => line.startsWith("> "))).toContain(selected.slice(0, -2))
    }
  })

  test("say which of them are on the screen, wherever it is scrolled and however high it is", () => {
    const ids = rank(agents, at).map(({ agent }) => agent.agent_id)
    for (const rows of [12, 16, 24, 40])
      for (const selected of [ids[0]!, ids[31]!, ids[63]!]) {
        const lines = draw(model(agents), { selected }, 100, rows)
        const [, from, to] = /\((\d+)-(\d+) of 64\)/.exec(lines.join("\n"))!
        const named = lines.flatMap((line) => /^[> ] (agent-\d+) /.exec(line)?.[1] ?? [])
        expect(named).toEqual(ids.slice(Number(from) - 1, Number(to)).map((id) => id.slice(0, -2)))
      }
  })

  test("fill screens of any size without ever leaving them", () => {
    for (const [columns, rows] of [
      [200, 80],
      [80, 24],
      [40, 10],
      [20, 5],
      [10, 2],
      [1, 1],
    ] as const)
      for (const page of ["agents", "agent", "help"] as const) {
        const lines = draw(model(agents), { page }, columns, rows)
        expect(lines.length).toBeLessThanOrEqual(rows)
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns)
      }
  })
})

describe("whatever agents write", () => {
  const log = (text: string): AgentLog => ({
    agent_id: "a-1",
    name: "a",
    fleet_id: "flt_1",
    session_id: "ses_1",
    transcript: "host",
    entries: [
      { at: "2026-01-01T00:00:00.000Z", kind: "text", title: text, text },
      { at: null, kind: "mail", title: "question from b", text, state: "seen" },
    ],
  })

  for (const [index, text] of payloads.entries())
    test(`payload ${index} stays in its rows, on the list, on a page and in a question`, () => {
      const agents = [
        agent("a", { activity: text, blocked_on: text, question_id: "ask_1" }),
        agent(text.slice(0, 64), { status: "failed", error: { code: text, detail: text } }),
      ]
      const question = {
        question_id: "ask_1",
        fleet_id: "flt_1",
        agent_id: "a-1",
        agent: "a",
        kind: "question",
        wanted: text,
        request: { questions: [{ question: text, options: [{ label: text }] }] },
      } as unknown as WatchModel["questions"][number]
      const what = model(agents, { log: log(text), questions: [question] })
      for (const state of [
        {},
        { page: "agent" as const },
        { asking: { kind: "answer" as const, question, text } },
        { asking: { kind: "message" as const, agentId: "a-1", text } },
      ]) {
        const lines = draw(what, state, 72, 20)
        expect(lines.length).toBeLessThanOrEqual(20)
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(72)
          expect(line).not.toMatch(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u)
          expect(line).not.toMatch(/\p{Mark}{6}/u)
        }
      }
    })

  test("an agent's page shows the end of its log, says where it is from, and scrolls up", () => {
    const entries = Array.from({ length: 50 }, (_, index) => ({
      at: "2026-01-01T00:00:00.000Z",
      kind: "text" as const,
      title: "says",
      text: `line ${index}`,
    }))
    const what = model([agent("a")], { log: { ...log(""), entries } })
    const bottom = draw(what, { page: "agent", selected: "a-1" }, 80, 12).join("\n")
    expect(bottom).toContain("50 entries, its session read from its host")
    expect(bottom).toContain("line 49")
    const above = draw(what, { page: "agent", selected: "a-1", scroll: 20 }, 80, 12).join("\n")
    expect(above).not.toContain("line 49")
    expect(above).toContain("line 39")
    const gone = { ...log(""), transcript: null, missing: "it has no session yet", entries: [] }
    expect(draw(model([agent("a")], { log: gone }), { page: "agent" }).join("\n")).toContain(
      "Of its session nothing can be read: it has no session yet.",
    )
  })
})
