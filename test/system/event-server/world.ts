import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createChanges } from "../../../plugin/mesh/ledger/changes.ts"
import type { Ledger } from "../../../plugin/mesh/ledger/port.ts"
import { insertAgent } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { insertFleet } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { insertDeliveries, insertMessage } from "../../../plugin/mesh/ledger/tables/messages.ts"
import type { StreamScope } from "../../../plugin/mesh/streams/scope.ts"
import {
  createEventServer,
  type EventServerDeps,
} from "../../../plugin/system/event-server/event-server.ts"
import { createLedgerStore } from "../../../plugin/system/ledger-store.ts"
import { isAlive, ownProcess } from "../../../plugin/system/processes.ts"

export const project = "/shop/.git"
export const history: StreamScope = { kind: "project", project }
export const inboxOf = (recipient: string): StreamScope => ({ kind: "inbox", recipient })

/** A ledger, and servers over it that a test starts and stops. */
export const createWorld = async (address?: string) => {
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-streams-"))
  const { open } = createLedgerStore(address ?? join(folder, "mesh.db"))
  const ledger = await open()
  const errors: unknown[] = []
  const changes = createChanges(ledger, (error) => void errors.push(error))
  const clock = { at: Date.now() }
  const servers: { close(): Promise<void> }[] = []
  const others: Ledger[] = []

  const start = (more: Partial<EventServerDeps> = {}) => {
    const server = createEventServer({
      ledger,
      changes,
      now: () => clock.at,
      folder: join(folder, "streams"),
      place: "mesh.db",
      lifetimeMs: 3_600_000,
      self: ownProcess(),
      isAlive,
      onError: (error) => void errors.push(error),
      ...more,
    })
    servers.push(server)
    return {
      ...server,
      async serve(scope: StreamScope) {
        const served = await server.serve(scope)
        return { ...served, token: readFileSync(served.tokenFile, "utf8").trim() }
      },
    }
  }

  return {
    folder,
    ledger,
    changes,
    clock,
    errors,
    start,

    /** A session of the database that none of the servers has, as another process would. */
    async other() {
      const ledger = await open()
      others.push(ledger)
      return ledger
    },

    given: (id: string, names: readonly string[], of = project) =>
      ledger.transact(async (tx) => {
        await insertFleet(tx, {
          id,
          name: "shop",
          project: of,
          directory: "/shop",
          lead_session: "ses_lead",
          lead_agent: "build",
          lead_model: "fake/m1",
          lead_rules: "[]",
          opencode: "/bin/false",
          isolation: "auto",
          max_parallel: 4,
          host_limit: 4,
          timeout_at: null,
          budget: null,
          created_at: tx.at,
        })
        for (const [position, name] of names.entries())
          await insertAgent(tx, {
            id: `${name}-${id.slice(4)}`,
            fleet_id: id,
            position,
            name,
            role: name,
            agent: "build",
            model: "fake/m1",
            prompt: "work",
            directory: "/shop",
            created_at: tx.at,
          })
      }),

    async end() {
      for (const server of servers) await server.close()
      changes.close()
      for (const each of [...others, ledger]) await each.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

/** One event of an agent. */
export const tell = (ledger: Ledger, fleetId: string, agentId: string) =>
  ledger.transact((tx) => appendEvent(tx, { type: "agent.woken", fleetId, agentId }))

let messages = 0
/** One message, as the mail service files it. */
export const mail = (ledger: Ledger, fleetId: string, to: readonly string[], payload: string) =>
  ledger.transact(async (tx) => {
    const id = `msg_${process.pid}_${++messages}`
    const seq = await insertMessage(tx, {
      id,
      fleet_id: fleetId,
      from_agent_id: "lead",
      to_agent_id: to.length === 1 ? to[0]! : "*",
      type: "handoff",
      payload,
      payload_kind: "text",
      correlation_id: null,
      via: null,
      hops: 0,
      created_at: tx.at,
    })
    await insertDeliveries(
      tx,
      to.map((recipient) => ({ recipient, message_seq: seq, wake: 1, accepted_at: tx.at })),
    )
    await appendEvent(tx, {
      type: "message.sent",
      fleetId,
      data: { message_id: id, type: "handoff", to: [...to] },
    })
    return id
  })
