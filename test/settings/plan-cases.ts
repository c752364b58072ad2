import { parseConfig } from "../../plugin/mesh/model/config.ts"
import type { AgentRow, FleetRow } from "../../plugin/mesh/ledger/tables/rows.ts"
import type { TaskRow } from "../../plugin/mesh/ledger/tables/board/tasks.ts"
import { type FleetView, plan } from "../../plugin/mesh/supervision/plan.ts"
import { supervisionLimitsOf } from "../../plugin/opencode/process/supervision-limits.ts"
import type { Case } from "./case.ts"

const at = 1_000_000
const gibibyte = 1024 ** 3

const running = (more: Partial<AgentRow>) =>
  ({
    id: "a1",
    name: "a1",
    status: "running",
    host_id: "h1",
    directory: "/shop",
    agent: "build",
    model: "fake/m1",
    budget: null,
    not_before: null,
    awaits_mail_at: null,
    error_code: null,
    stop_mode: null,
    stop_code: null,
    stop_at: null,
    stalled_at: null,
    blocked_on: null,
    activity_at: at,
    attempts: 1,
    ...more,
  }) as AgentRow

type Host = FleetView["hosts"][number]
const host = (more: Partial<Host>) =>
  ({
    id: "h1",
    status: "ready",
    pid: 7,
    process_start: "1",
    alive: true,
    attended: true,
    beat_at: at,
    created_at: at - 1000,
    directory: "/shop",
    specialists: "[]",
    cause: null,
    ...more,
  }) as Host

const claimed = { fleet_id: "f1", number: 1, owner: "a1", claimed_at: at - 2000 } as TaskRow

/** What a supervisor does next with one host and one agent in it. */
const next =
  (agent: Partial<AgentRow>, its: Partial<Host> = {}, more: Partial<FleetView> = {}) =>
  (settings: Record<string, unknown>) => {
    const { config } = parseConfig([{ from: "test", values: settings }])
    const fleet = {
      isolation: "auto",
      max_parallel: 8,
      host_limit: 8,
      timeout_at: null,
      budget: null,
    } as FleetRow
    const view = {
      fleet,
      agents: [running(agent)],
      hosts: [host(its)],
      toWake: new Set<string>(),
      coolDowns: new Map(),
      unprepared: new Set<string>(),
      sleeps: [],
      ...more,
    } as FleetView
    const limits = supervisionLimitsOf(config, {
      totalBytes: 8 * gibibyte,
      isSpecialist: () => false,
    })
    return plan(view, at, limits)
      .map((action) => action.do)
      .join()
  }

export const planCases = {
  task_lease_ms: {
    values: [500, 5000],
    becomes: ["give-back", ""],
    seen: next({ activity_at: at - 1000 }, {}, { claims: [claimed] }),
  },
  stall_ms: {
    values: [500, 5000],
    becomes: ["report-stall", ""],
    seen: next({ activity_at: at - 1000 }),
  },
  // Ten without one, and a host is dead.
  heartbeat_ms: {
    values: [100, 1000],
    becomes: ["lose-host", ""],
    seen: next({}, { beat_at: at - 2000 }),
  },
  host_start_ms: {
    values: [500, 5000],
    becomes: ["lose-host", ""],
    seen: next({ status: "starting" }, { status: "starting", beat_at: null }),
  },
  wrap_up_grace_ms: {
    values: [500, 5000],
    becomes: ["cancel", ""],
    seen: next({ stop_mode: "wrap_up", stop_at: at - 1000 }),
  },
  stop_patience_ms: {
    values: [500, 5000],
    becomes: ["kill-host", ""],
    seen: next({ stop_mode: "cancel", stop_at: at - 1000 }),
  },
  // There is 1 GB left, and a host without work.
  memory_reserve_mb: {
    values: [2048, 100],
    becomes: ["dismiss-hosts", ""],
    seen: next(
      {},
      {},
      {
        room: {
          freeBytes: gibibyte,
          extrasBytes: 0,
          starting: 0,
          leaving: 0,
          idle: [{ ...host({ id: "h2" }), idle_since: at - 600_000 }],
        } as never,
      },
    ),
  },
} satisfies Record<string, Case>
