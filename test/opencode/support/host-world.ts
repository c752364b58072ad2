import { expect } from "bun:test"
import { assign } from "../../../plugin/mesh/lifecycle/attempt.ts"
import { hostById, insertHost } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import type { AgentRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { eventOf } from "../../../plugin/opencode/api/events.ts"
import { createCourier } from "../../../plugin/opencode/process/courier.ts"
import { createRunner } from "../../../plugin/opencode/host/runner.ts"
import type { Wakefulness } from "../../../plugin/mesh/supervision/wakefulness.ts"
import { alwaysAwake } from "../../mesh/support/awake.ts"
import { createMesh } from "../../mesh/support/mesh.ts"
import { createFakeSessions } from "./fake-sessions.ts"

/** A host with its runner over a ledger in memory and fake sessions. `end` stops its timers. */
type Falsy<T> = T | undefined | false

export const createHostWorld = async (
  names: readonly string[],
  settings: Record<string, unknown> = {},
  awakeBy: (now: () => number) => Wakefulness = () => alwaysAwake,
) => {
  const mesh = await createMesh({
    linger_ms: 60_000,
    batch_ms: 0,
    retry_base_ms: 1000,
    ...settings,
  })
  const fleet = await mesh.given(names)
  const sessions = createFakeSessions()
  sessions.stores.set("ses_lead", [])
  await mesh.ledger.transact(async (tx) => {
    await insertHost(tx, {
      id: "hst_1",
      fleet_id: "flt_1",
      nonce_hash: "",
      directory: "/shop",
      specialists: "[]",
      created_at: mesh.now(),
    })
    await tx.run("UPDATE hosts SET pid = 500, process_start = '5' WHERE id = 'hst_1'")
  })
  const hostEnded = Promise.withResolvers<readonly string[]>()
  const childrenEnded: string[] = []
  let isEnding = false
  /** What was under way as the test ended finds the ledger closed. */
  const onError = (error: unknown) => void (isEnding || mesh.errors.push(error))
  const courier = createCourier({
    ledger: mesh.ledger,
    sessions,
    exchanges: mesh.exchanges,
    now: mesh.now,
    onError,
  })
  const wakefulness = awakeBy(mesh.now)
  const runner = createRunner({
    host: (await mesh.ledger.read((db) => hostById(db, "hst_1")))!,
    self: { pid: 500, process_start: "5" },
    openDirectory: async () => undefined,
    isAlive: mesh.isAlive,
    ledger: mesh.ledger,
    changes: mesh.changes,
    sessions,
    courier,
    exchanges: mesh.exchanges,
    now: mesh.now,
    wakefulness,
    random: () => 0.5,
    config: mesh.config,
    // What a real host waits for others, nobody waits for here.
    pace: {
      lookMs: 50,
      flushMs: 10,
      settleMs: 10,
      judgeAgainMs: 10,
      readAgainMs: 10,
      sessionsMs: 20,
      deletionMs: 10,
    },
    endProcess: async (ids) => hostEnded.resolve(ids),
    endChildren: async (id, graceMs) => void childrenEnded.push(`${id} in ${graceMs} ms`),
    onError,
  })
  await runner.ready()

  const until = async <T>(what: string, check: () => Falsy<T> | Promise<Falsy<T>>): Promise<T> => {
    const found = await mesh.changes.until(async () => (await check()) || undefined, {
      timeoutMs: 5000,
    })
    if (found === undefined) throw new Error(`not within 5 s: ${what}; ${mesh.errors.join()}`)
    return found
  }

  const end = async () => {
    isEnding = true
    runner.close()
    wakefulness.close()
    // A look that is under way still reads the ledger.
    await runner.look()
    await mesh.end()
  }

  return {
    ...mesh,
    fleetId: fleet.id,
    lead: fleet.lead,
    sessions,
    courier,
    runner,
    wakefulness,
    childrenEnded,
    hostEnded: hostEnded.promise,
    until,

    /** What the supervisor does: gives the agent to this host. */
    async give(name: string) {
      mesh.clock.advance(Math.max(0, ((await mesh.agent(name)).not_before ?? 0) - mesh.now()))
      await mesh.ledger.transact(async (tx) => assign(tx, await mesh.agentIn(tx, name), "hst_1"))
    },

    /** The model answers, and OpenCode says that the session rests. */
    async answer(
      sessionId: string,
      text: string,
      more: Partial<Parameters<typeof sessions.answer>[1]> = {},
    ) {
      sessions.answer(sessionId, { text, ...more })
      await runner.onEvent({ type: "session.idle", sessionId })
    },

    /** As OpenCode tells it. */
    async event(type: string, properties: Record<string, unknown>) {
      const event = eventOf({ type, properties })
      if (event?.type === "request.opened")
        sessions.requests.set(event.asked.requestId, event.sessionId)
      if (event) await runner.onEvent(event)
    },

    untilStatus: async (name: string, status: AgentRow["status"]) =>
      until(
        `${name} ${status}, it is ${(await mesh.agent(name)).status}`,
        async () => (await mesh.agent(name)).status === status && (await mesh.agent(name)),
      ),

    send: (to: string, payload: string, more = {}, from = fleet.lead) =>
      mesh.messages.send(from, { to_agent_id: to, type: "question", payload, ...more }),

    end,

    /** A test that means to cause a fault takes it from `errors`. */
    async endWithoutFault() {
      await end()
      expect(mesh.errors).toEqual([])
    },
  }
}

export type HostWorld = Awaited<ReturnType<typeof createHostWorld>>
