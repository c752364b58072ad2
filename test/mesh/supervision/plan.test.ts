import { describe, expect, test } from "bun:test"
import type { CoolDown } from "../../../plugin/mesh/ledger/tables/cooldowns.ts"
import type { AgentRow, FleetRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import {
  type FleetView,
  plan,
  type SupervisionLimits,
} from "../../../plugin/mesh/supervision/plan.ts"

const at = 1_000_000
const limits: SupervisionLimits = {
  hostStartMs: 60_000,
  hostSilenceMs: 60_000,
  stallMs: 600_000,
  taskLeaseMs: 1_800_000,
  wrapUpGraceMs: 60_000,
  stopPatienceMs: 10_000,
  longestRestMs: 900_000,
  memoryReserveBytes: 1024 ** 3,
  lingerMs: 10_000,
  isSpecialist: (agent) => agent === "code-reviewer" || agent === "debugger",
}

const agent = (name: string, more: Partial<AgentRow> = {}) =>
  ({
    id: name,
    name,
    status: "queued",
    agent: "build",
    model: "fake/m1",
    budget: null,
    directory: "/shop",
    host_id: null,
    not_before: null,
    awaits_mail_at: null,
    error_code: null,
    stop_mode: null,
    stop_code: null,
    stop_at: null,
    stalled_at: null,
    blocked_on: null,
    activity_at: at,
    attempts: 0,
    ...more,
  }) as AgentRow
const running = (name: string, host_id: string, more: Partial<AgentRow> = {}) =>
  agent(name, { status: "running", host_id, ...more })
const host = (id: string, more: Partial<FleetView["hosts"][number]> = {}) =>
  ({
    id,
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
  }) as FleetView["hosts"][number]

const next = (
  agents: AgentRow[],
  hosts: FleetView["hosts"][number][] = [],
  fleet: Partial<FleetRow> = {},
  toWake: string[] = [],
  coolDowns: FleetView["coolDowns"] = new Map(),
  unprepared: string[] = [],
  room?: FleetView["room"],
) =>
  plan(
    {
      fleet: {
        isolation: "auto",
        max_parallel: 8,
        host_limit: 8,
        timeout_at: null,
        budget: null,
        ...fleet,
      } as FleetRow,
      agents,
      hosts,
      toWake: new Set(toWake),
      coolDowns,
      unprepared: new Set(unprepared),
      sleeps: [],
      room,
    },
    at,
    limits,
  ).map((action) => {
    switch (action.do) {
      case "start-host":
        return `start ${action.agents.map((each) => each.name).join("+")}${action.specialists.length > 0 ? ` [${action.specialists.join()}]` : ""}`
      case "assign":
        return `assign ${action.agent.name} to ${action.hostId}`
      case "lose-host":
        return `lose ${action.host.id}: ${action.failure.code}`
      case "kill-host":
        return `${action.do} ${action.host.id}`
      case "dismiss-hosts":
        return `dismiss ${action.count} of ${action.candidates.map(({ id }) => id).join()}`
      case "warn-of-budget":
        return `warn of ${action.agent?.name ?? "the fleet"}`
      default:
        return `${action.do} ${action.agent.name}`
    }
  })

const restUntil = (until: number, more: Partial<CoolDown> = {}) =>
  new Map([
    [
      "fake",
      {
        provider: "fake",
        since: at - 1,
        until,
        reason: "429",
        tried_by: null,
        tried_until: null,
        ...more,
      },
    ],
  ])

describe("placing agents", () => {
  test("waits for a provider that limits its rate, and for no other", () => {
    const resting = restUntil(at + 1)
    const agents = [
      agent("a"),
      agent("b", { model: "other/m1" }),
      agent("c", { status: "interrupted", not_before: at }),
      agent("d", { model: null }),
    ]
    expect(next(agents, [], {}, [], resting)).toEqual(["start b", "start d"])
    // Then one of them tries it first.
    expect(next(agents, [], {}, [], restUntil(at))).toEqual(["start a", "start b", "start d"])
    const tried = restUntil(at, { tried_by: "c", tried_until: at + 1 })
    expect(next(agents, [], {}, [], tried)).toEqual(["start b", "start c", "start d"])
    // Nobody waits for that one for ever.
    const silent = restUntil(at, { tried_by: "c", tried_until: at })
    expect(next(agents, [], {}, [], silent)).toHaveLength(4)
  })

  test("waits for no provider longer than allowed, whatever an earlier version wrote", () => {
    const inWeeks = at + 25 * 86_400_000
    expect(next([agent("a")], [], {}, [], restUntil(inWeeks, { since: 0 }))).toEqual(["start a"])
    expect(next([agent("a")], [], {}, [], restUntil(inWeeks, { since: at }))).toEqual([])
    const begun = at - limits.longestRestMs
    expect(next([agent("a")], [], {}, [], restUntil(inWeeks, { since: begun }))).toEqual([
      "start a",
    ])
    const ahead = restUntil(2 * inWeeks, { since: inWeeks })
    expect(next([agent("a")], [], {}, [], ahead)).toEqual(["start a"])
  })

  test("with isolation auto gives each a host of its own up to the limit, then shares the least loaded", () => {
    expect(next([agent("a"), agent("b")])).toEqual(["start a", "start b"])
    expect(
      next(
        [running("a", "h1"), running("b", "h2"), running("c", "h2"), agent("d")],
        [host("h1"), host("h2")],
        { host_limit: 2 },
      ),
    ).toEqual(["assign d to h1"])
  })

  test("with isolation auto gives the next agent a host that has become idle", () => {
    expect(
      next([agent("a", { status: "complete", host_id: "h1" }), agent("b")], [host("h1")]),
    ).toEqual(["assign b to h1"])
  })

  test("an agent whose worktree is not there yet keeps its place until it is", () => {
    expect(
      next([agent("a"), agent("b"), agent("c")], [], { max_parallel: 2 }, [], new Map(), [
        "a",
        "c",
      ]),
    ).toEqual(["prepare-worktree a", "start b"])
  })

  test("with isolation process never shares: the rest waits", () => {
    const process = { isolation: "process" as const, host_limit: 2, max_parallel: 2 }
    expect(next([agent("a"), agent("b"), agent("c")], [], process)).toEqual(["start a", "start b"])
    expect(
      next([running("a", "h1"), running("b", "h2"), agent("c")], [host("h1"), host("h2")], process),
    ).toEqual([])
  })

  test("with isolation process starts the next agent beside an idle host, which keeps no place", () => {
    const process = { isolation: "process" as const, host_limit: 1, max_parallel: 1 }
    const done = agent("a", { status: "complete", host_id: "h1" })
    expect(next([done, agent("b")], [host("h1")], process)).toEqual(["start b"])
    expect(next([done, agent("a2", { host_id: "h1" })], [host("h1")], process)).toEqual([
      "assign a2 to h1",
    ])
  })

  test("has idle hosts give way to what it starts where memory is short, but not to what needs no host", () => {
    const process = { isolation: "process" as const }
    const done = agent("a", { status: "complete", host_id: "h1" })
    const room = {
      freeBytes: 0,
      extrasBytes: 0,
      idle: [
        { ...host("h1"), idle_since: at - 2000 },
        { ...host("other-fleet"), idle_since: at - 3000 },
      ],
      starting: 0,
      leaving: 0,
    }
    const short = (agents: AgentRow[], fleet: Partial<FleetRow>) =>
      next(agents, [host("h1")], fleet, [], new Map(), [], room)
    expect(short([done, agent("b")], process)).toEqual(["dismiss 2 of other-fleet,h1", "start b"])
    expect(short([done, agent("b")], {})).toEqual(["assign b to h1"])
    expect(short([done], process)).toEqual([])
  })

  test("with isolation shared brings all up in one host that knows the specialists of all", () => {
    const shared = { isolation: "shared" as const, host_limit: 1, max_parallel: 2 }
    const agents = [
      agent("a", { agent: "code-reviewer" }),
      agent("b"),
      agent("c", { agent: "debugger" }),
    ]
    expect(next(agents, [], shared)).toEqual(["start a+b [code-reviewer,debugger]"])
    expect(
      next([running("a", "h1"), agent("b"), agent("c")], [host("h1")], {
        ...shared,
        max_parallel: 3,
      }),
    ).toEqual(["assign b to h1", "assign c to h1"])
  })

  test("needs a host that knows the specialist, and starts one for it when none does", () => {
    const full = { host_limit: 1 }
    const reviewer = agent("r", { agent: "code-reviewer" })
    expect(next([running("a", "h1"), reviewer], [host("h1")], full)).toEqual([
      "start r [code-reviewer]",
    ])
    expect(
      next(
        [running("a", "h1"), reviewer],
        [host("h1", { specialists: '["code-reviewer"]' })],
        full,
      ),
    ).toEqual(["assign r to h1"])
  })

  test("starts nothing for an agent that waits for its first message, and gives its place to others", () => {
    const waiting = agent("a", { awaits_mail_at: at })
    expect(next([waiting, agent("b")], [], { max_parallel: 1 })).toEqual(["start b"])
    expect(next([agent("a"), agent("b")], [], { max_parallel: 1 })).toEqual(["start a"])
  })

  test("keeps to max_parallel, in the order of the queue", () => {
    expect(next([agent("a"), agent("b"), agent("c")], [], { max_parallel: 2 })).toEqual([
      "start a",
      "start b",
    ])
    expect(next([running("a", "h1"), agent("b")], [host("h1")], { max_parallel: 1 })).toEqual([])
  })

  test("starts four hosts at once, the others when these are up", () => {
    expect(next(["a", "b", "c", "d", "e"].map((name) => agent(name)))).toEqual([
      "start a",
      "start b",
      "start c",
      "start d",
    ])
    const starting = ["h1", "h2", "h3"].map((id) => host(id, { status: "starting" }))
    const busy = starting.map((each) =>
      agent(`on ${each.id}`, { status: "starting", host_id: each.id }),
    )
    expect(next([...busy, agent("a"), agent("b")], starting)).toEqual(["start a"])
  })

  test("brings an interrupted agent back to its living host when its wait is over", () => {
    expect(
      next(
        [agent("a", { status: "interrupted", host_id: "h1", not_before: at + 1 })],
        [host("h1")],
      ),
    ).toEqual([])
    expect(
      next([agent("a", { status: "interrupted", host_id: "h1", not_before: at })], [host("h1")]),
    ).toEqual(["assign a to h1"])
    expect(next([agent("a", { status: "interrupted", host_id: "h1", not_before: at })])).toEqual([
      "start a",
    ])
  })

  test("gives nobody to a host that is lost", () => {
    expect(next([agent("a")], [host("h1", { alive: false })])).toEqual([
      "lose h1: HOST_LOST",
      "start a",
    ])
  })
})

describe("hosts", () => {
  const fate = (more: Partial<FleetView["hosts"][number]>) => next([], [host("h1", more)])

  test("are lost when their process is gone or they are silent for too long", () => {
    expect(fate({})).toEqual([])
    expect(fate({ alive: false })).toEqual(["lose h1: HOST_LOST"])
    expect(fate({ beat_at: at - 60_000 })).toEqual([])
    expect(fate({ beat_at: at - 60_001 })).toEqual(["lose h1: HOST_LOST"])
  })

  test("fail when they end while they start, or take too long", () => {
    expect(fate({ status: "starting", beat_at: null })).toEqual([])
    expect(fate({ status: "starting", beat_at: null, alive: false })).toEqual([
      "lose h1: HOST_FAILED",
    ])
    expect(fate({ status: "starting", beat_at: null, created_at: at - 60_001 })).toEqual([
      "lose h1: HOST_FAILED",
    ])
    expect(fate({ status: "starting", beat_at: null, pid: null, alive: false })).toEqual([])
  })

  test("are lost when whoever started them is gone before they are up, and only then", () => {
    expect(fate({ status: "starting", beat_at: null, attended: false })).toEqual([
      "lose h1: HOST_LOST",
    ])
    expect(fate({ attended: false })).toEqual([])
  })
})

describe("stopping", () => {
  const stopped = (stop_mode: AgentRow["stop_mode"], sinceMs: number) =>
    next(
      [running("a", "h1", { stop_mode, stop_code: "CANCELLED", stop_at: at - sinceMs })],
      [host("h1")],
    )

  test("turns a wrap-up into a cancellation after its grace, and a cancellation into a kill after the patience", () => {
    expect(stopped("wrap_up", 60_000)).toEqual([])
    expect(stopped("wrap_up", 60_001)).toEqual(["cancel a"])
    for (const mode of ["retry", "cancel"] as const) {
      expect(stopped(mode, 10_000)).toEqual([])
      expect(stopped(mode, 10_001)).toEqual(["kill-host h1"])
    }
  })

  test("by kill ends the host at once, unless somebody else works in it", () => {
    const kill = { stop_mode: "kill", stop_code: "KILLED", stop_at: at } as const
    const agents = [running("a", "h1", kill), running("b", "h1", kill)]
    expect(next(agents, [host("h1")])).toEqual(["kill-host h1"])
    expect(next([...agents, running("c", "h1")], [host("h1")])).toEqual([])
    expect(
      next([{ ...agents[0]!, stop_at: at - 10_001 }, running("c", "h1")], [host("h1")]),
    ).toEqual(["kill-host h1"])
  })

  test("by timeout asks everybody who has not ended, once", () => {
    const past = { timeout_at: at, max_parallel: 0 }
    expect(
      next(
        [agent("a"), running("b", "h1"), agent("c", { status: "complete" })],
        [host("h1")],
        past,
      ),
    ).toEqual(["time-out a", "time-out b"])
    expect(next([agent("a")], [], { timeout_at: at + 1, max_parallel: 0 })).toEqual([])
    for (const stop_mode of ["cancel"] as const)
      for (const stop_code of ["TIMEOUT", "CANCELLED"] as const)
        expect(
          next([running("a", "h1", { stop_mode, stop_code, stop_at: at })], [host("h1")], past),
        ).toEqual([])
    expect(
      next(
        [running("a", "h1", { stop_mode: "wrap_up", stop_code: "CANCELLED", stop_at: at })],
        [host("h1")],
        past,
      ),
    ).toEqual(["time-out a"])
  })
})

describe("an agent that waits for a message", () => {
  const waits = { awaits_mail_at: at - 1 }

  test("gives its place up, and goes on beside whoever took it", () => {
    const one = { max_parallel: 1 }
    expect(next([running("a", "h1", waits), agent("b")], [host("h1")], one)).toEqual(["start b"])
    expect(
      next([running("a", "h1"), running("b", "h2"), agent("c")], [host("h1"), host("h2")], one),
    ).toEqual([])
  })

  test("gives its host's place up, as often again as there are places", () => {
    const tight = { isolation: "process", max_parallel: 1, host_limit: 1 } as const
    const waiting = ["a", "b"].map((name, index) => running(name, `h${index + 1}`, waits))
    const hosts = [host("h1"), host("h2")]
    expect(next([...waiting.slice(0, 1), agent("c")], hosts.slice(0, 1), tight)).toEqual([
      "start c",
    ])
    const wide = { ...tight, max_parallel: 2, host_limit: 2 }
    const three = [host("h3"), host("h4"), host("h5")]
    expect(
      next(
        [...["h3", "h4", "h5"].map((id) => running(id, id, waits)), running("w", "h1"), agent("c")],
        [host("h1"), ...three],
        wide,
      ),
    ).toEqual([])
  })

  test("does not keep the others from starting when nobody works", () => {
    const tight = { isolation: "process", max_parallel: 1, host_limit: 1 } as const
    const ids = ["h1", "h2", "h3"]
    const waiting = ids.map((id) => running(id, id, waits))
    expect(
      next(
        [...waiting, agent("c")],
        ids.map((id) => host(id)),
        tight,
      ),
    ).toEqual(["start c"])
  })

  test("is not stalled", () => {
    const long = { activity_at: at - 600_001, awaits_mail_at: at - 600_001 }
    expect(next([running("a", "h1", long)], [host("h1")])).toEqual([])
  })
})

test("a lost host's agent gets its new host at once, a failed one and a living host wait", () => {
  const lost = { status: "interrupted", host_id: "h1", not_before: at + 1000 } as const
  expect(next([agent("a", { ...lost, error_code: "HOST_LOST" })])).toEqual(["start a"])
  expect(next([agent("a", { ...lost, error_code: "HOST_FAILED" })])).toEqual([])
  const shared = { isolation: "shared" } as const
  expect(next([agent("a", { ...lost, error_code: "HOST_LOST" })], [host("h2")], shared)).toEqual([])
})

test("a stall is reported once, and never of an agent that waits for something known", () => {
  const idle = { activity_at: at - 600_001 }
  expect(next([running("a", "h1", idle)], [host("h1")])).toEqual(["report-stall a"])
  expect(next([running("a", "h1", { ...idle, stalled_at: at - 1 })], [host("h1")])).toEqual([])
  expect(next([running("a", "h1", { ...idle, blocked_on: "provider" })], [host("h1")])).toEqual([])
  expect(next([running("a", "h1", { activity_at: at - 600_000 })], [host("h1")])).toEqual([])
  expect(next([running("a", "h1", idle)], [host("h1", { alive: false })])).toEqual([
    "lose h1: HOST_LOST",
  ])
})

test("an ended agent with mail is woken by its living host, else by the supervisor", () => {
  const done = agent("a", { status: "complete", host_id: "h1" })
  expect(next([done], [host("h1")], {}, ["a"])).toEqual([])
  expect(next([done], [], {}, ["a"])).toEqual(["wake a"])
  expect(next([done], [host("h2")], {}, ["a"])).toEqual(["wake a"])
})

test("the same view and time give the same actions", () => {
  const agents = [agent("a"), running("b", "h1"), agent("c", { agent: "debugger" })]
  expect(next(agents, [host("h1")])).toEqual(next(agents, [host("h1")]))
})
