import { someInOrder } from "../../../plugin/mesh/model/in-order.ts"
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { claimSession } from "../../../plugin/mesh/ledger/tables/sessions.ts"
import { runCli } from "../../../plugin/cli/cli.ts"
import { agentsOfFleet, insertAgent } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { appendEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { insertFleet } from "../../../plugin/mesh/ledger/tables/fleets.ts"
import { insertHost, recordHostProcess } from "../../../plugin/mesh/ledger/tables/hosts.ts"
import { ownProcess } from "../../../plugin/system/processes.ts"
import { openLedger } from "../../../plugin/mesh/ledger/ledger.ts"
import { insertDeliveries, insertMessage } from "../../../plugin/mesh/ledger/tables/messages.ts"
import type { AgentRow, FleetRow } from "../../../plugin/mesh/ledger/tables/rows.ts"
import type { Hosts } from "../../../plugin/mesh/supervision/hosts.ts"
import { createRecordingTerminal, type RecordingOptions } from "./recording-terminal.ts"

export interface RunOptions extends RecordingOptions {
  hosts?: Hosts
  insideAgent?: boolean
  /** Processes this shell descends from; those that own sessions make it a shell of OpenCode. */
  /** No terminal has started this shell. */
  unattended?: boolean
  ancestors?: readonly { pid: number; process_start: string }[]
  env?: Record<string, string>
}

/** No test starts a process by accident. */
const noHosts: Hosts = {
  start: () => Promise.reject(new Error("no hosts in this test")),
  end: async () => {},
}

export const startedAt = Date.UTC(2026, 0, 1)

/** A shell in a project of its own, with a ledger that the test writes. */
export const createShell = async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "meshfleet-cli-")))
  const project = join(folder, "project")
  const home = join(folder, "mesh")
  mkdirSync(project)
  const clock = { at: startedAt }
  const ledger = await openLedger(join(home, "mesh.db"), { now: () => clock.at })

  const start = (argv: readonly string[], options: RunOptions = {}) => {
    const recording = createRecordingTerminal(options)
    const code = runCli(argv, {
      terminal: recording.terminal,
      env: { HOME: folder, MESHFLEET_HOME: home, PATH: "", ...options.env },
      directory: project,
      isInsideAgent: () => options.insideAgent ?? false,
      isInsideOpenCode: (isOwner) => someInOrder(options.ancestors ?? [], isOwner),
      isAttended: async (isOwner) =>
        !options.unattended || (await someInOrder(options.ancestors ?? [], isOwner)),
      hosts: options.hosts ?? noHosts,
    })
    return { ...recording, code }
  }

  const set = (agentId: string, columns: Partial<AgentRow>) =>
    ledger.transact(async (tx) => {
      for (const [column, value] of Object.entries(columns))
        await tx.run(`UPDATE agents SET ${column} = ? WHERE id = ?`, value, agentId)
    })

  return {
    folder,
    project,
    home,
    ledger,
    start,
    async run(argv: readonly string[], options?: RunOptions) {
      const { code, out, err } = start(argv, options)
      return { code: await code, out: out(), err: err() }
    },

    /** The process of an OpenCode that owns the lead's session. */
    async leadingOpenCode() {
      const process = { pid: 4711, process_start: "8" }
      await ledger.transact((tx) =>
        claimSession(tx, {
          id: "ses_lead",
          project,
          agent_id: null,
          ...process,
          updated_at: 1,
        }),
      )
      return process
    },

    /** A fleet with these agents, spawned at the start of 2026 by a session of OpenCode. */
    /** A host of the fleet is up, this process: nobody has to supervise it from a shell. */
    hosted: async (fleetId: string) =>
      ledger.transact(async (tx) => {
        const host = { fleet_id: fleetId, nonce_hash: "x", directory: project, specialists: "[]" }
        await insertHost(tx, { id: "hst_1", ...host, created_at: startedAt })
        await recordHostProcess(tx, "hst_1", ownProcess())
        await tx.run("UPDATE hosts SET status = 'ready' WHERE id = 'hst_1'")
      }),

    async given(id: string, names: readonly string[], columns: Partial<FleetRow> = {}) {
      await ledger.transact(async (tx) => {
        await insertFleet(tx, {
          id,
          name: "shop",
          project,
          directory: project,
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
          created_at: startedAt,
          ...columns,
        })
        if (columns.status)
          await tx.run(
            "UPDATE fleets SET status = ?, ended_at = ? WHERE id = ?",
            columns.status,
            columns.ended_at ?? null,
            id,
          )
        await appendEvent(tx, { type: "fleet.created", fleetId: id, data: { name: "shop" } })
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
            directory: project,
            created_at: startedAt,
          })
      })
    },

    set,

    complete: (agentId: string, tookMs: number) =>
      set(agentId, {
        status: "complete",
        output: "done",
        attempts: 1,
        started_at: startedAt,
        ended_at: startedAt + tookMs,
      }),

    /** A message from one agent to another, accepted and no further. */
    mail: (id: string, fleetId: string, from: string, to: string, payload: string) => {
      clock.at = startedAt + 15_000
      return ledger.transact(async (tx) => {
        const seq = await insertMessage(tx, {
          id,
          fleet_id: fleetId,
          from_agent_id: from,
          to_agent_id: to,
          type: "handoff",
          payload,
          payload_kind: "text",
          correlation_id: null,
          via: null,
          hops: 0,
          created_at: startedAt,
        })
        await insertDeliveries(tx, [
          { recipient: to, message_seq: seq, wake: 1, accepted_at: startedAt },
        ])
        await appendEvent(tx, {
          type: "message.sent",
          fleetId,
          agentId: from === "lead" ? null : from,
          data: { message_id: id, type: "handoff", to: [to] },
        })
      })
    },

    clock,
    agents: (fleetId: string) => ledger.read((db) => agentsOfFleet(db, fleetId)),

    async end() {
      await ledger.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Shell = Awaited<ReturnType<typeof createShell>>
