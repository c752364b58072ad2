import { heldHosts } from "../../plugin/mesh/fleets/held-hosts.ts"
import { hasUnreadFleets } from "../../plugin/mesh/fleets/unread-fleets.ts"
import { fleetsWithDeadlineAhead } from "../../plugin/mesh/ledger/tables/councils/ratifications.ts"
import { unsettledFleets } from "../../plugin/mesh/ledger/tables/fleets.ts"
import { readFleetView } from "../../plugin/mesh/supervision/fleet-view.ts"
import { fleetById } from "../../plugin/mesh/ledger/tables/fleets.ts"
import type { Caller } from "../../plugin/mesh/model/caller.ts"
import { type Mesh, openMesh } from "../../plugin/cli/mesh/open-mesh.ts"
import type { ToolName } from "../../plugin/tools/registry.ts"
import { isAlive } from "../../plugin/system/processes.ts"
import { agentIdOf, fleetIdOf, leadOf } from "./year-ledger.ts"

/** The mesh over a ledger that `writeYear` wrote; nothing starts a process. */
export const openYear = (home: string, directory: string): Mesh =>
  openMesh({
    directory,
    env: { HOME: home, MESHFLEET_HOME: home, PATH: "" },
    warn: () => undefined,
    isInsideAgent: false,
    hosts: { start: () => Promise.reject(new Error("no hosts here")), end: async () => undefined },
  })

/** What an OpenCode asks that only is open. It looks through mail that nobody fetched: no ratio, but a bound. */
export const idleLook = "an open OpenCode, every 2 s"

/** What is asked of a ledger, as a tool or an open OpenCode asks it. */
export type YearCall = [name: string, run: () => Promise<unknown>]

/** Every tool but those that start or end something, and what happens while nobody calls. */
export const yearCalls = (
  { meshProcess, project, directory }: Mesh,
  newest: number,
): YearCall[] => {
  const { tools, ledger } = meshProcess
  const signal = new AbortController().signal
  const lead: Caller = {
    sessionId: leadOf(newest),
    project,
    directory,
    delegated: false,
    human: false,
    agent: "build",
    model: undefined,
    member: undefined,
  }
  const memberOf = (agent: number): Caller => ({
    ...lead,
    sessionId: `ses_${agentIdOf(newest, agent)}`,
    member: {
      agentId: agentIdOf(newest, agent),
      name: `agent${agent}`,
      fleetId: fleetIdOf(newest),
    },
  })
  const member = memberOf(1)
  const call = async (tool: ToolName, args: object, caller = lead) => {
    const { output } = await tools[tool].run(args, caller, { signal, progress: () => undefined })
    return JSON.parse(output) as Record<string, unknown>
  }
  const fleet_id = fleetIdOf(newest)
  const ended = fleetIdOf(newest - 1)
  const other = agentIdOf(newest, 2)
  const send = { to_agent_id: other, type: "result", payload: "The tests of this part pass." }
  let message_id = ""
  let proposal = ""
  return [
    ["list_fleets", () => call("list_fleets", {})],
    ["list_fleets, those that run", () => call("list_fleets", { status: "running" })],
    ["list_fleets, those that failed", () => call("list_fleets", { status: "failed", limit: 2 })],
    ["fleet_status", () => call("fleet_status", { fleet_id })],
    ["fleet_status of one that ended", () => call("fleet_status", { fleet_id: ended })],
    ["fleet_status without an id", () => call("fleet_status", {})],
    ["collect_results", () => call("collect_results", { fleet_id: ended })],
    [
      "send_message",
      async () => (message_id = String((await call("send_message", send, member))["message_id"])),
    ],
    ["send_message of the lead", () => call("send_message", { ...send, fleet_id })],
    [
      "send_messages, 20",
      () => call("send_messages", { messages: Array.from({ length: 20 }, () => send) }, member),
    ],
    ["get_inbox of the lead", () => call("get_inbox", {})],
    ["get_inbox of a member", () => call("get_inbox", {}, memberOf(2))],
    ["get_inbox after a cursor", () => call("get_inbox", { since: "1", limit: 5 }, member)],
    ["ack_message", () => call("ack_message", { message_id }, memberOf(2))],
    ["receipt", () => call("receipt", { message_id, action: "done" }, memberOf(2))],
    ["get_receipts", () => call("get_receipts", { message_id })],
    [
      "register_capability",
      () => call("register_capability", { role: "Tester", skills: ["sql"] }, member),
    ],
    ["route_work", () => call("route_work", { description: "review the SQL of a migration" })],
    ["list_agents", () => call("list_agents", { query: "review" })],
    [
      "record_routing_outcome",
      () => call("record_routing_outcome", { agent_id: other, success: true }),
    ],
    ["set_fleet_timeout", () => call("set_fleet_timeout", { fleet_id, timeout_ms: 86_400_000 })],
    [
      "open_ratification",
      async () =>
        (proposal = String(
          (
            await call("open_ratification", {
              fleet_id,
              subject: "x",
              quorum: 1,
              voters: ["agent1"],
            })
          )["message_id"],
        )),
    ],
    ["tally_ratification", () => call("tally_ratification", { message_id: proposal })],
    ["cast_vote", () => call("cast_vote", { message_id: proposal, approve: true }, member)],
    ["sweep_ratifications", () => call("sweep_ratifications", {})],
    ["get_health", () => call("get_health", {})],
    ["ping", () => call("ping", {})],
    [
      idleLook,
      () =>
        ledger.read(async (db) => [
          ...(await unsettledFleets(db, project)),
          ...(await fleetsWithDeadlineAhead(db, project)),
        ]),
    ],
    [
      "a supervisor, every second",
      () =>
        ledger.read(async (db) => readFleetView(db, (await fleetById(db, fleet_id))!, isAlive, [])),
    ],
    ["admission of a new fleet", () => ledger.read((db) => heldHosts(db, isAlive))],
    [
      "a session's first prompt",
      () =>
        ledger.read((db) =>
          hasUnreadFleets(db, { project, sessionId: "ses_new" }, isAlive, meshProcess.now()),
        ),
    ],
  ]
}
