import { assign, failAttempt } from "../../plugin/mesh/lifecycle/attempt.ts"
import { settleFleet } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { type CheckResult, tasksOfFleet } from "../../plugin/mesh/ledger/tables/board/tasks.ts"
import { undelivered } from "../../plugin/mesh/ledger/tables/messages.ts"
import { spendWake } from "../../plugin/mesh/lifecycle/wake.ts"
import { capsOf, retentionOf, retryOf } from "../../plugin/mesh/model/config.ts"
import { MeshError } from "../../plugin/mesh/model/errors.ts"
import { createRetention } from "../../plugin/mesh/retention/retention.ts"
import { member, session } from "../mesh/support/callers.ts"
import { createMesh, type Mesh } from "../mesh/support/mesh.ts"
import type { Case } from "./case.ts"

const inMesh = async <T>(settings: Record<string, unknown>, act: (mesh: Mesh) => Promise<T>) => {
  const mesh = await createMesh(settings)
  try {
    return await act(mesh)
  } finally {
    await mesh.end()
  }
}

const drafts = (count: number) =>
  Array.from({ length: count }, () => ({ role: "Coder", prompt: "p" }))
const lead = session("ses_lead", { directory: "/shop" })

const spawned = (settings: Record<string, unknown>, count = 1) =>
  inMesh(settings, async (mesh) => {
    const { fleet_id } = await mesh.fleets.spawn(lead, { agents: drafts(count) })
    return mesh.fleet(fleet_id)
  })

/** How many of these go through before the first is refused for a limit. */
const untilRefused = async (most: number, act: (time: number) => Promise<unknown>) => {
  for (let time = 0; time < most; time++)
    try {
      await act(time)
    } catch (error) {
      if (error instanceof MeshError && error.code === "LIMIT_REACHED") return time
      throw error
    }
  return most
}

/** How often mail between two agents that are done wakes one of them. */
const wakes = (settings: Record<string, unknown>) =>
  inMesh(settings, async (mesh) => {
    await mesh.given(["a1", "a2"])
    for (const name of ["a1", "a2"]) await mesh.complete(name)
    let count = 0
    for (let time = 0; time < 5; time++) {
      const [from, to] = time % 2 === 0 ? ["a1", "a2"] : ["a2", "a1"]
      const sender = member(await mesh.agent(from!))
      await mesh.messages.send(sender, {
        to_agent_id: to!,
        type: "question",
        payload: "?",
        correlation_id: "c",
      })
      const wakesIt = await mesh.ledger.transact((tx) =>
        spendWake(tx, "flt_1", `${to}-1`, capsOf(mesh.config)),
      )
      if (!wakesIt) break
      count++
      await mesh.ledger.transact((tx) =>
        tx.run("UPDATE deliveries SET state = 'seen', wake = 0 WHERE recipient = ?", `${to}-1`),
      )
    }
    return count
  })

/** What becomes of an agent whose host is lost at its first attempt. */
const afterLoss = (settings: Record<string, unknown>) =>
  inMesh(settings, async (mesh) => {
    await mesh.given(["a1"])
    await mesh.ledger.transact(async (tx) => {
      await assign(tx, await mesh.agentIn(tx, "a1"), "hst_1")
      const failure = { code: "HOST_LOST", detail: "gone" } as const
      await failAttempt(tx, await mesh.agentIn(tx, "a1"), failure, retryOf(mesh.config), () => 0.5)
    })
    const { status, not_before } = await mesh.agent("a1")
    return { status, waits: not_before === null ? 0 : not_before - mesh.now() }
  })

/** How long the check of a task may take; the check here says what it was given. */
const checkLimit = (settings: Record<string, unknown>) =>
  inMesh(settings, async (mesh) => {
    await mesh.given(["ada"])
    await mesh.set("ada", { status: "running" })
    await mesh.tasks.add(lead, "flt_1", [{ title: "Build", check: "true" }])
    const ada = member(await mesh.agent("ada"))
    await mesh.tasks.claim(ada, undefined)
    const rights = { rules: [], ask: async () => {} }
    await mesh.tasks.update({ ...ada, rights }, { task_id: 1, state: "done" })
    const [task] = await mesh.ledger.read((db) => tasksOfFleet(db, "flt_1"))
    return (JSON.parse(task!.checked!) as CheckResult).duration_ms
  })

export const fleetCases = {
  task_check_ms: { values: [500, 5000], becomes: [500, 5000], seen: checkLimit },
  isolation: {
    values: ["process", "shared"],
    becomes: ["process", "shared"],
    seen: async (settings) => (await spawned(settings)).isolation,
  },
  max_parallel: {
    values: [1, 2],
    becomes: [1, 2],
    seen: async (settings) => (await spawned(settings, 3)).max_parallel,
  },
  on_stall: {
    values: ["report", "cancel"],
    becomes: ["report", "cancel"],
    seen: async (settings) => (await spawned(settings)).on_stall,
  },
  agents_per_fleet: {
    values: [2, 3],
    becomes: [2, 3],
    // One more each time.
    seen: (settings) =>
      inMesh({ ...settings, fleets_at_once: 9 }, (mesh) =>
        untilRefused(5, (time) => mesh.fleets.spawn(lead, { agents: drafts(time + 1) })),
      ),
  },
  fleets_at_once: {
    values: [1, 2],
    becomes: [1, 2],
    seen: (settings) =>
      inMesh(settings, (mesh) =>
        untilRefused(4, () => mesh.fleets.spawn(lead, { agents: drafts(1) })),
      ),
  },
  wakes_per_fleet: { values: [1, 3], becomes: [1, 3], seen: wakes },
  hops_per_correlation: { values: [1, 3], becomes: [1, 3], seen: wakes },
  idle_exchanges: {
    values: [1, 2],
    becomes: [2, 4],
    seen: (settings) =>
      inMesh(settings, async (mesh) => {
        await mesh.given(["a1", "a2"])
        const members = [member(await mesh.agent("a1")), member(await mesh.agent("a2"))]
        return untilRefused(9, async (time) => {
          const [from, to] = [members[time % 2]!, members[(time + 1) % 2]!]
          const sent = { to_agent_id: `a${((time + 1) % 2) + 1}`, type: "result", payload: "ta" }
          await mesh.messages.send(from, sent as never)
          const mail = await mesh.ledger.read((db) => undelivered(db, `${sent.to_agent_id}-1`))
          mesh.exchanges.heard(to.sessionId, mail)
          await mesh.ledger.transact((tx) => tx.run("UPDATE deliveries SET state = 'seen'"))
        })
      }),
  },
  attempts: {
    values: [1, 2],
    becomes: ["failed", "interrupted"],
    seen: async (settings) => (await afterLoss(settings)).status,
  },
  retry_base_ms: {
    values: [1000, 4000],
    becomes: [true, false],
    // With its share of chance the wait is at most half as long again.
    seen: async (settings) => (await afterLoss(settings)).waits < 2000,
  },
  retention_days: {
    values: [1, 7],
    becomes: [true, false],
    // A fleet that ended two days ago.
    seen: (settings) =>
      inMesh(settings, async (mesh) => {
        const { id } = await mesh.given(["a1"])
        await mesh.complete("a1")
        await mesh.ledger.transact((tx) => settleFleet(tx, id))
        // News of the end are on their way to a lead that lives.
        mesh.dead.add(100)
        // The newest message of a ledger keeps its fleet.
        const { lead: other } = await mesh.given(["b1"])
        await mesh.messages.send(other, { to_agent_id: "b1", type: "question", payload: "?" })
        mesh.clock.advance(2 * 24 * 3_600_000)
        await createRetention({
          ledger: mesh.ledger,
          upkeep: async () => undefined,
          now: mesh.now,
          isAlive: mesh.isAlive,
          isThere: () => false,
          hasBranch: () => false,
          files: { forget: () => undefined, tidy: () => undefined },
          pause: async () => undefined,
        }).prune({ projects: ["/shop/.git"], olderThanMs: retentionOf(mesh.config)! })
        return (await mesh.fleet(id)) === undefined
      }),
  },
} satisfies Record<string, Case>
