import { describe, expect, test } from "bun:test"
import { renderDuration } from "../../../plugin/cli/render/render-duration.ts"
import { renderEvent } from "../../../plugin/cli/render/render-event.ts"
import {
  type AgentStatus,
  renderFleet,
  renderFleets,
} from "../../../plugin/cli/render/render-fleet.ts"
import { renderInbox } from "../../../plugin/cli/render/render-inbox.ts"
import { renderMatches, renderMatchLine } from "../../../plugin/cli/render/render-matches.ts"
import { renderRedraw } from "../../../plugin/cli/terminal/live-screen.ts"
import { renderTable } from "../../../plugin/cli/render/render-table.ts"
import { cutTo, oneLine, plainText, widthOf } from "../../../plugin/cli/render/render-text.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const startedAt = Date.UTC(2026, 0, 1)

test("durations are short at every length", () => {
  const lengths = [
    -5,
    0,
    449,
    9_999,
    10_000,
    59_999,
    185_000,
    59 * minute,
    2 * hour + 7 * minute,
    99 * hour,
  ]
  expect(lengths.map(renderDuration)).toEqual([
    "0s",
    "0.0s",
    "0.4s",
    "9.9s",
    "10s",
    "59s",
    "3m 05s",
    "59m 00s",
    "2h 07m",
    "4d 3h",
  ])
})

describe("text of agents", () => {
  test("cannot color, move or retitle the terminal, nor turn the reading direction", () => {
    const hostile =
      "\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b[2J\rover\u0008 \u202eback\u0085 \u0000end"
    expect(oneLine(hostile)).toBe("red over back end")
    expect(plainText("a\u001b[1m\r\nb\tc\u0007\rd")).toBe("a\nb\tc\nd")
  })

  test("is measured in columns, and cut where it would not fit", () => {
    expect(["abc", "日本", "é", "e\u0301", "🚀"].map(widthOf)).toEqual([3, 4, 1, 1, 2])
    expect(cutTo("abcdef", 6)).toBe("abcdef")
    expect(cutTo("abcdef", 5)).toBe("abcd…")
    expect(cutTo("日本語", 5)).toBe("日本…")
    expect(cutTo("日本語", 4)).toBe("日…")
  })
})

test("columns are aligned also with wide characters, and nothing trails", () => {
  const columns = [{ title: "NAME" }, { title: "N", right: true as const }, { title: "NOTE" }]
  const rows = [
    ["日本", "1", ""],
    ["a", "100", "two\nlines"],
  ]
  expect(renderTable(columns, rows)).toEqual([
    "NAME    N  NOTE",
    "日本    1",
    "a     100  two lines",
  ])
  expect(renderTable(columns, rows, 14)).toEqual(["NAME    N  NO…", "日本    1", "a     100  tw…"])
})

const agent = (more: Partial<AgentStatus>): AgentStatus => ({
  name: "mapper",
  role: "Mapper",
  status: "running",
  pid: 4711,
  host_alive: true,
  attempts: 1,
  activity: null,
  age_ms: 65_000,
  tokens: 0,
  cost_usd: 0,
  unread: 0,
  blocked_on: null,
  ...more,
})

test("a fleet shows its agents, what they do, cost, and why they failed", () => {
  const status = {
    fleet: {
      fleet_id: "flt_1",
      name: "shop",
      status: "running",
      isolation: "auto",
      max_parallel: 2,
      created_at: new Date(startedAt).toISOString(),
      timeout_at: new Date(startedAt + 10 * minute).toISOString(),
      budget: { tokens: 20_000 },
      spent: { tokens: 12_345, cost_usd: 0.0123, turns: 4, duration_ms: 70_000 },
    },
    agents: [
      agent({ activity: "tool bash", tokens: 12_345, cost_usd: 0.0123, unread: 2 }),
      agent({ name: "waiter", blocked_on: "provider", activity: "thinking", attempts: 2 }),
      agent({ name: "silent", activity: "tool bash", silent_ms: 12 * minute }),
      agent({ name: "orphan", host_alive: false, age_ms: 5_000 }),
      agent({
        name: "again",
        attempts: 2,
        activity: "writing",
        error: { code: "HOST_LOST", detail: "gone" },
      }),
      agent({
        name: "lost",
        status: "failed",
        pid: 1,
        host_alive: false,
        error: { code: "STREAM_CUT", detail: "cut\noff" },
      }),
      agent({
        name: "done",
        status: "complete",
        pid: null,
        host_alive: false,
        branch: "meshfleet/flt_1/done-1",
        changed: true,
        commits: 2,
        uncommitted: 1,
      }),
      agent({
        name: "next",
        status: "queued",
        pid: null,
        host_alive: false,
        attempts: 0,
        queue_place: 1,
      }),
    ],
  }
  expect(renderFleet(status, startedAt + 70_000)).toEqual([
    "flt_1  shop: running  ·  for 1m 10s  ·  isolation auto, 2 at once  ·  timeout in 8m 50s  ·  used 12,345 of 20,000 tokens, $0.0123",
    "AGENT   STATUS       TIME  TRY   PID  TOKENS     COST  UNREAD  DOING",
    "mapper  running    1m 05s    1  4711  12,345  $0.0123       2  tool bash",
    "waiter  running    1m 05s    2  4711                           waits for provider",
    "silent  running    1m 05s    1  4711                           silent for 12m 00s: tool bash",
    "orphan  running      5.0s    1                                 its host is gone",
    "again   running    1m 05s    2  4711                           writing",
    "lost    failed     1m 05s    1                                 STREAM_CUT: cut off",
    "done    complete   1m 05s    1                                 left 2 commits, 1 uncommitted file on meshfleet/flt_1/done-1",
    "next    queued #1",
  ])
  for (const line of renderFleet(status, startedAt, 40)) expect(line.length).toBeLessThanOrEqual(40)
})

test("a list of fleets tells when each began, how long it took, and how its agents stand", () => {
  const counts = { agents_queued: 0, agents_running: 0, agents_failed: 0, agents_cancelled: 0 }
  const fleets = [
    {
      fleet_id: "flt_2",
      name: "checkout",
      status: "running",
      created_at: new Date(startedAt + hour).toISOString(),
      agent_count: 3,
      ...counts,
      agents_running: 2,
      agents_complete: 1,
    },
    {
      fleet_id: "flt_1",
      name: "shop",
      status: "complete",
      created_at: new Date(startedAt).toISOString(),
      completed_at: new Date(startedAt + 30_000).toISOString(),
      agent_count: 1,
      ...counts,
      agents_complete: 1,
    },
  ]
  expect(renderFleets(fleets, startedAt + 2 * hour)).toEqual([
    "FLEET  NAME      STATUS       STARTED    TOOK  AGENTS",
    "flt_2  checkout  running   1h 00m ago  1h 00m  3: 2 running, 1 complete",
    "flt_1  shop      complete  2h 00m ago     30s  1: 1 complete",
  ])
})

test("events read as who did what, with the time since their fleet began", () => {
  const event = { seq: 1, at: 0, fleetId: "flt_1", afterMs: 12_000, to: [] as string[] }
  expect([
    renderEvent(
      {
        ...event,
        type: "message.sent",
        who: "mapper",
        to: ["reviewer", "lead"],
        data: { to: ["x"], type: "handoff", message_id: "msg_1" },
      },
      { withFleet: false },
    ),
    renderEvent(
      {
        ...event,
        type: "agent.interrupted",
        who: "mapper",
        data: { code: "HOST_LOST", retry_in_ms: 1500, stop: null },
      },
      { withFleet: true },
    ),
    renderEvent(
      {
        ...event,
        fleetId: null,
        afterMs: undefined,
        type: "routing.outcome",
        who: "",
        data: { success: true },
      },
      { withFleet: false },
    ),
  ]).toEqual([
    "+12s      message.sent          mapper → reviewer, lead   handoff  msg_1",
    "+12s      flt_1         agent.interrupted     mapper                    code HOST_LOST  retry_in 1.5s",
    "          routing.outcome                                 success true",
  ])
})

test("an inbox shows how far each message has come", () => {
  const peek = {
    agent_id: "mapper-1",
    name: "mapper",
    fleet_id: "flt_1",
    unacknowledged: 3,
    total: 5,
    remaining: 1,
    messages: [
      {
        id: "msg_1",
        from: "lead",
        type: "question",
        payload: "One\nTwo",
        timestamp: "2026-01-01T00:00:00Z",
        state: "seen",
        state_at: "2026-01-01T00:00:05Z",
        tries: 2,
        correlation_id: "c1",
      },
      {
        id: "msg_2",
        from: "maker",
        type: "handoff",
        payload: { a: 1 },
        timestamp: "2026-01-01T00:00:09Z",
        state: "accepted",
        state_at: "2026-01-01T00:00:09Z",
        tries: 0,
      },
    ],
  }
  expect(renderInbox(peek, startedAt + 10_000)).toEqual([
    "mapper (mapper-1) in flt_1: 3 unacknowledged of 5",
    "",
    "msg_1  question from lead  ·  sent 10s ago  ·  seen 5.0s ago, 2 tries  ·  correlation c1",
    "  One\n  Two",
    "",
    "msg_2  handoff from maker  ·  sent 1.0s ago  ·  accepted 1.0s ago",
    '  {\n    "a": 1\n  }',
    "",
    "1 more; --limit shows them.",
  ])
})

const matches = [
  {
    kind: "specialist",
    agent: "code-reviewer",
    role: "Code Reviewer",
    score: 0.9,
    confidence: 0.81234567,
    fits: true,
    reason: "matches: diff",
  },
  {
    kind: "agent",
    agent_id: "mapper-1",
    role: "Mapper",
    score: 0.1,
    confidence: 0.1,
    fits: false,
    reason: "",
  },
]

test("matches are ranked, and one that does not fit is marked", () => {
  expect(renderMatches(matches, "embeddings are off")).toEqual([
    "   AGENT          KIND        CONFIDENCE  SCORE  REASON",
    "1  code-reviewer  specialist       81.2%  0.900  matches: diff",
    "2  mapper-1       in a fleet     10.0% ?  0.100",
    "",
    "? marks a doubtful match: look before you use it.",
    "",
    "embeddings are off",
  ])
})

test("a line of matches keeps the id, and every digit of the confidence", () => {
  expect(renderMatchLine(7, matches)).toBe(
    '{"id":7,"matches":[{"agent":"code-reviewer","score":0.9,"confidence":0.81234567,"fits":true,"reason":"matches: diff"},{"agent":"mapper-1","score":0.1,"confidence":0.1,"fits":false,"reason":""}]}',
  )
})

test("a redraw goes up over what was drawn and clears what is left below", () => {
  expect(renderRedraw(0, ["a"])).toBe("\ra\u001b[K\n\u001b[J")
  expect(renderRedraw(3, ["a", "b"])).toBe("\u001b[3A\ra\u001b[K\nb\u001b[K\n\u001b[J")
})
