import { expect } from "bun:test"
import { join, relative } from "node:path"
import { createChanges } from "../../../plugin/mesh/ledger/changes.ts"
import { capsOf, limitsOf, parseConfig } from "../../../plugin/mesh/model/config.ts"
import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"
import { createHealth } from "../../../plugin/mesh/fleets/health.ts"
import { createFleets, type FleetsDeps } from "../../../plugin/mesh/fleets/fleets.ts"
import { agentsOfFleet } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { findAgent } from "../../../plugin/mesh/ledger/tables/agents-by-name.ts"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import { fleetById, insertFleet } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import type { Query } from "../../../plugin/mesh/ledger/port.ts"
import {
  deliveriesOf,
  messageById,
  undelivered,
} from "../../../plugin/mesh/ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import { worktreeOf } from "../../../plugin/mesh/ledger/tables/worktrees.ts"
import { endAgent } from "../../../plugin/mesh/lifecycle/outcome.ts"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { createExchanges } from "../../../plugin/mesh/mail/exchanges.ts"
import { createRatifications } from "../../../plugin/mesh/councils/ratifications.ts"
import { createReceipts } from "../../../plugin/mesh/mail/receipts.ts"
import { createMessages } from "../../../plugin/mesh/mail/messages.ts"
import { createChoice } from "../../../plugin/mesh/tasks/choose.ts"
import type { RunCheck } from "../../../plugin/mesh/tasks/run-check.ts"
import { createReservations } from "../../../plugin/mesh/reservations/reservations.ts"
import { createTasks } from "../../../plugin/mesh/tasks/tasks.ts"
import { createStreams } from "../../../plugin/mesh/streams/streams.ts"
import { leadRecipient } from "../../../plugin/mesh/model/message.ts"
import { createResults } from "../../../plugin/mesh/fleets/results.ts"
import { insertAgent } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { createMerges } from "../../../plugin/mesh/merging/merges.ts"
import { createTemplates } from "../../../plugin/mesh/templates/templates.ts"
import { createLedgerStore } from "../../../plugin/system/ledger-store.ts"
import { wantedDatabase } from "../../support/postgres.ts"
import { session } from "./callers.ts"
import { createClock } from "./clock.ts"
import { countedIds } from "./ids.ts"
import { pair } from "./templates.ts"
import { byWords } from "./ranker.ts"
import { createFakeStreamServer } from "./stream-server.ts"
import { createMemoryLeases } from "./leases.ts"
import { createFakeMergeTrees } from "./merge-trees.ts"
import { createFakeWorktrees } from "./worktrees.ts"

/** The project is below /shop, with a worktree below /trees/a2. */
export const placeInShop = (path: string, { directory }: { directory: string }) =>
  join(directory, path.startsWith("/") ? relative(directory, path) : path).match(
    /^\/(?:shop|trees\/a2)\/(.*)$/,
  )?.[1]

const gibibyte = 1024 ** 3

/**
 * The services over a ledger in memory, with a clock moved by hand, counted ids, and processes that
 * live as long as the test says. Errors that would go to the log are collected.
 */
export const createMesh = async (
  settings: Record<string, unknown> = {},
  more: Partial<FleetsDeps> = {},
  /** Another ledger than one in memory, when other processes are to open it. */
  file?: string,
) => {
  const clock = createClock()
  const newId = countedIds()
  const database = await wantedDatabase()
  const { open } = createLedgerStore(file ?? database?.address ?? ":memory:")
  const ledger = await open({ now: clock.now, newId })
  const errors: unknown[] = []
  const changes = createChanges(ledger, (error) => void errors.push(error))
  const dead = new Set<number>()
  const isAlive = ({ pid }: { pid: number }) => !dead.has(pid)
  const { config } = parseConfig([
    { from: "test", values: { host_start_ms: 20, stop_patience_ms: 20, ...settings } },
  ])
  const inFlight = new Set<string>()
  const held = new Map<string, number>()
  const supervised: string[] = []
  const { now } = clock

  const freeDisk = { bytes: (50 * gibibyte) as number | undefined }
  const exchanges = createExchanges()
  const messages = createMessages({
    ledger,
    changes,
    now,
    isAlive,
    exchanges,
    caps: capsOf(config),
    isInFlight: (recipient, seq) => inFlight.has(`${recipient}#${seq}`),
    hold(recipients) {
      for (const each of recipients) held.set(each, (held.get(each) ?? 0) + 1)
      return () => recipients.forEach((each) => held.set(each, held.get(each)! - 1))
    },
  })
  const receipts = createReceipts({ ledger })
  const caps = capsOf(config)
  const ratifications = createRatifications({ ledger, isAlive, exchanges, caps, now })
  const streams = createStreams({ ledger, server: createFakeStreamServer() })
  const worktrees = createFakeWorktrees()
  const limits = limitsOf(config)
  const results = createResults({ ledger, changes, now, isAlive, worktrees, exchanges, limits })
  const fleets = createFleets({
    ledger,
    changes,
    now,
    isAlive,
    limits,
    machine: () => ({ cores: 4, freeBytes: 8 * gibibyte }),
    opencode: "/bin/opencode",
    isInsideAgent: () => false,
    supervise: (fleetId) => void supervised.push(fleetId),
    draftChecks: {
      resolveAgent: async (name) => {
        if (name === "nobody")
          throw new MeshError(
            "UNKNOWN_SPECIALIST",
            `No agent "${name}".`,
            "Find one with list_agents.",
          )
        return { agent: name, skills: name === "code-reviewer" ? ["review", "diffs"] : [] }
      },
      checkModel: async (model) => {
        if (model === "no/model")
          throw new MeshError("UNKNOWN_MODEL", `No model "${model}".`, "Name a configured model.")
      },
      checkDirectory: async (path, base) => (path.startsWith("/") ? path : `${base}/${path}`),
      folderBeyond: async (path, homes) =>
        homes.some((home) => path === home || path.startsWith(`${home}/`)) ? undefined : path,
    },
    worktrees,
    ...more,
  })

  const checks = {
    ran: [] as string[],
    passes: true,
    /** What happens while one runs. */
    meanwhile: async () => {},
  }
  const runCheck: RunCheck = async (steps, owner, limits) => {
    checks.ran.push(`${owner.directory}: ${steps.map(({ text }) => text).join(" && ")}`)
    await checks.meanwhile()
    const exit = checks.passes ? 0 : 1
    return { passed: checks.passes, exit, output: "what it printed", duration_ms: limits.timeoutMs }
  }
  const choose = createChoice({ ledger, ranker: byWords })
  const tasks = createTasks({
    ledger,
    isAlive,
    choose,
    runCheck,
    checkMs: config.task_check_ms,
  })

  const reservations = createReservations({ ledger, isAlive, placeOf: placeInShop })

  const agentIn = async (db: Query, name: string, fleetId = "flt_1"): Promise<AgentRow> => {
    const found = await findAgent(db, fleetId, name)
    if (!found) throw new Error(`no agent ${name} in ${fleetId}`)
    return found
  }
  const agent = (name: string, fleetId?: string) => ledger.read((db) => agentIn(db, name, fleetId))

  return {
    ledger,
    changes,
    clock,
    now,
    isAlive,
    dead,
    config,
    errors,
    exchanges,
    health: createHealth({ ledger, isAlive, now, freeDiskBytes: () => freeDisk.bytes }),
    freeDisk,
    inFlight,
    held,
    worktrees,
    supervised,
    messages,
    receipts,
    ratifications,
    streams,
    results,
    fleets,
    tasks,
    reservations,
    checks,
    templates: createTemplates({ ledger, fleets, bundled: () => [pair] }),
    merges: createMerges({
      ledger,
      changes,
      isAlive,
      messages,
      fleets,
      leases: createMemoryLeases().port,
      trees: createFakeMergeTrees(),
      pause: async () => undefined,
    }),
    agent,
    /** The same inside a read or a transaction. */
    agentIn,

    fleet: async (id = "flt_1"): Promise<FleetRow> =>
      (await ledger.read((db) => fleetById(db, id)))!,
    agents: (fleetId = "flt_1") => ledger.read((db) => agentsOfFleet(db, fleetId)),

    /** A fleet whose agents are there as rows; nobody starts them. Its lead is owned by pid 100. */
    async given(
      names: readonly string[],
      {
        lead = "ses_lead",
        fleet = {} as Partial<FleetRow>,
        drafts = {} as Partial<AgentDraft>,
      } = {},
    ) {
      const id = newId.fleet()
      await ledger.transact(async (tx) => {
        await claimSession(tx, {
          id: lead,
          project: "/shop/.git",
          agent_id: null,
          pid: 100,
          process_start: "1",
          updated_at: tx.at,
        })
        await insertFleet(tx, {
          id,
          name: "shop",
          project: "/shop/.git",
          directory: "/shop",
          lead_session: lead,
          lead_agent: "build",
          lead_model: "fake/m1",
          lead_rules: "[]",
          opencode: "/bin/opencode",
          isolation: "auto",
          max_parallel: 4,
          host_limit: 4,
          timeout_at: null,
          budget: null,
          created_at: tx.at,
          ...fleet,
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
            prompt: `do ${name}`,
            directory: "/shop",
            created_at: tx.at,
            ...drafts,
          } as Parameters<typeof insertAgent>[1])
      })
      return { id, lead: session(lead) }
    },

    /** The worktree of an agent, inside a read or a transaction. */
    treeIn: async (db: Query, name: string) => worktreeOf(db, (await agentIn(db, name)).id),

    complete: (name: string) =>
      ledger.transact(async (tx) =>
        endAgent(tx, await agentIn(tx, name), { status: "complete", output: "done" }),
      ),

    /** Sets columns of an agent, as its runner would over time. */
    set: (name: string, columns: Partial<AgentRow>, fleetId = "flt_1") =>
      ledger.transact(async (tx) => {
        for (const [column, value] of Object.entries(columns))
          await tx.run(
            `UPDATE agents SET ${column} = ? WHERE fleet_id = ? AND name = ?`,
            value,
            fleetId,
            name,
          )
      }),

    /** The history: each event's name, agent and data. */
    events: async (name?: string) =>
      (await ledger.read((db) => eventsSince(db, 0, undefined, 10_000)))
        .filter((event) => name === undefined || event.type === name)
        .map((event): Record<string, unknown> => ({
          event: event.type,
          agent: event.agent_id,
          ...(JSON.parse(event.data) as object),
        })),

    /** Holds an act to leaving no trace. */
    async unchanged(act: () => Promise<unknown>) {
      const count = async () =>
        (await ledger.read((db) => eventsSince(db, 0, undefined, 10_000))).length
      const before = await count()
      await act()
      expect(await count()).toBe(before)
    },

    deliveries: async (messageId: string) =>
      (
        await ledger.read(async (db) => deliveriesOf(db, (await messageById(db, messageId))!.seq))
      ).map(({ recipient, state, wake }) => ({ recipient, state, wake })),

    /** Texts of the notices that wait for the lead. */
    notices: async (fleetId = "flt_1") =>
      (await ledger.read((db) => undelivered(db, leadRecipient(fleetId))))
        .filter((message) => message.from_agent_id === "meshfleet")
        .map((message) => message.payload),

    async end() {
      changes.close()
      await ledger.close()
      await database?.drop()
    },
  }
}

export type Mesh = Awaited<ReturnType<typeof createMesh>>
