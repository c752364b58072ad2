import { expect, test } from "bun:test"
import {
  type AgentStatus,
  renderFleet,
  renderFleets,
} from "../../../plugin/cli/render/render-fleet.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const startedAt = Date.UTC(2026, 0, 1)

const agent = (more: Partial<AgentStatus>): AgentStatus => ({
  agent_id: "mapper-1",
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
    "silent  silent     1m 05s    1  4711                           silent for 12m 00s: tool bash",
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
