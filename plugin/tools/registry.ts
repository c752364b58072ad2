import type { Audit } from "../mesh/audit/audit.ts"
import type { Health } from "../mesh/fleets/health.ts"
import type { Fleets } from "../mesh/fleets/fleets.ts"
import type { Merges } from "../mesh/merging/merges.ts"
import type { Messages } from "../mesh/mail/messages.ts"
import type { Ratifications } from "../mesh/councils/ratifications.ts"
import type { Receipts } from "../mesh/mail/receipts.ts"
import type { Results } from "../mesh/fleets/results.ts"
import type { Reservations } from "../mesh/reservations/reservations.ts"
import type { Streams } from "../mesh/streams/streams.ts"
import type { Tasks } from "../mesh/tasks/tasks.ts"
import type { Work } from "../mesh/work.ts"
import { ackMessage } from "./mail/ack-message.ts"
import { attachAgent } from "./fleets/attach-agent.ts"
import { collectResults } from "./fleets/collect-results.ts"
import { castVote } from "./councils/cast-vote.ts"
import { openRatification } from "./councils/open-ratification.ts"
import { sweepRatifications } from "./councils/sweep-ratifications.ts"
import { subscribeInbox } from "./mail/subscribe-inbox.ts"
import { tallyRatification } from "./councils/tally-ratification.ts"
import type { MeshTool } from "./define/define-tool.ts"
import { fleetStatus } from "./fleets/fleet-status.ts"
import { getInbox } from "./mail/get-inbox.ts"
import { getReceipts } from "./mail/get-receipts.ts"
import { listAgents } from "./routing/list-agents.ts"
import { mergeAgents } from "./fleets/merge-agents.ts"
import { listFleets } from "./fleets/list-fleets.ts"
import { receipt } from "./mail/receipt.ts"
import { recordRoutingOutcome } from "./routing/record-routing-outcome.ts"
import { registerCapability } from "./routing/register-capability.ts"
import { routeWork } from "./routing/route-work.ts"
import { sendMessage } from "./mail/send-message.ts"
import { sendMessages } from "./mail/send-messages.ts"
import { setFleetTimeout } from "./fleets/set-fleet-timeout.ts"
import { spawnFleet } from "./fleets/spawn-fleet.ts"
import { getHealth } from "./ledger/get-health.ts"
import { ping } from "./ledger/ping.ts"
import { verifyLedger } from "./ledger/verify-ledger.ts"
import { stopAgents } from "./fleets/stop-agents.ts"
import { releaseFiles } from "./files/release-files.ts"
import { reserveFiles } from "./files/reserve-files.ts"
import { addTasks } from "./tasks/add-tasks.ts"
import { claimTask } from "./tasks/claim-task.ts"
import { listTasks } from "./tasks/list-tasks.ts"
import { updateTask } from "./tasks/update-task.ts"
import type { Templates } from "../mesh/templates/templates.ts"
import { listFleetTemplates } from "./templates/list-fleet-templates.ts"
import { saveFleetTemplate } from "./templates/save-fleet-template.ts"
import { spawnFromTemplate } from "./templates/spawn-from-template.ts"

export interface Services {
  fleets: Fleets
  results: Results
  messages: Messages
  work: Work
  audit: () => Promise<Audit>
  health: Health
  now: () => number
  receipts: Receipts
  ratifications: Ratifications
  templates: Templates
  merges: Merges
  tasks: Tasks
  reservations: Reservations
  streams: Streams
}

/** Every tool, by the name models call it. */
const makers = {
  spawn_fleet: spawnFleet,
  attach_agent: attachAgent,
  fleet_status: fleetStatus,
  list_fleets: listFleets,
  collect_results: collectResults,
  stop_agents: stopAgents,
  send_message: sendMessage,
  get_inbox: getInbox,
  ack_message: ackMessage,
  register_capability: registerCapability,
  route_work: routeWork,
  list_agents: listAgents,
  send_messages: sendMessages,
  set_fleet_timeout: setFleetTimeout,
  record_routing_outcome: recordRoutingOutcome,
  verify_ledger: verifyLedger,
  ping,
  get_health: getHealth,
  receipt,
  get_receipts: getReceipts,
  open_ratification: openRatification,
  cast_vote: castVote,
  tally_ratification: tallyRatification,
  sweep_ratifications: sweepRatifications,
  save_fleet_template: saveFleetTemplate,
  list_fleet_templates: listFleetTemplates,
  spawn_from_template: spawnFromTemplate,
  subscribe_inbox: subscribeInbox,
  merge_agents: mergeAgents,
  add_tasks: addTasks,
  claim_task: claimTask,
  update_task: updateTask,
  list_tasks: listTasks,
  reserve_files: reserveFiles,
  release_files: releaseFiles,
} satisfies Record<string, (services: Services) => MeshTool>

export type ToolName = keyof typeof makers
export const toolNames = Object.keys(makers) as ToolName[]
export const isToolName = (name: string): name is ToolName => Object.hasOwn(makers, name)

/** Tools by which an agent does more than talk and look around; so does every tool that is not ours. */
const actingTools: readonly ToolName[] = [
  "spawn_fleet",
  "spawn_from_template",
  "attach_agent",
  "stop_agents",
  "merge_agents",
  "add_tasks",
  "claim_task",
  "update_task",
]

/** Whether whoever calls this tool does something, besides talking to others of its fleet. */
export const isWork = (tool: string) => !isToolName(tool) || actingTools.includes(tool)

/** What every lead sees; the others are added by the option `tools`. */
export const coreTools: readonly ToolName[] = [
  "spawn_fleet",
  "attach_agent",
  "fleet_status",
  "list_fleets",
  "collect_results",
  "stop_agents",
  "send_message",
  "get_inbox",
  "ack_message",
  "register_capability",
  "route_work",
  "list_agents",
]

/** What changes nothing that anybody else would notice. */
export const readingTools: readonly ToolName[] = [
  "fleet_status",
  "list_fleets",
  "collect_results",
  "get_inbox",
  "route_work",
  "list_agents",
  "get_receipts",
  "tally_ratification",
  "list_fleet_templates",
  "list_tasks",
]

/** What only those see whose fleet has a board: a prompt without one pays nothing for it. */
export const boardTools = ["add_tasks", "claim_task", "update_task", "list_tasks"] as const
export type BoardTool = (typeof boardTools)[number]
export const isBoardTool = (name: ToolName): name is BoardTool =>
  (boardTools as readonly ToolName[]).includes(name)

/** Of these, what the agent of a session gets: a lead claims nothing. */
export const boardToolsFor = (role: "lead" | "member"): readonly BoardTool[] =>
  role === "lead" ? boardTools.filter((name) => name !== "claim_task") : boardTools

/** What a lead sees while it leads agents in worktrees, unless the option `tools` shows it always. */
const treeTools: readonly ToolName[] = ["merge_agents"]
export const treeToolsFor = (role: "lead" | "member", option: ToolOption): readonly ToolName[] => {
  const always = toolsFor(role, option)
  return role === "lead" ? treeTools.filter((name) => !always.includes(name)) : []
}

/** What a member sees whose peers make branches: a merge may wait for its approval. */
const approvalTools: readonly ToolName[] = ["receipt"]
export const approvalToolsFor = (
  role: "lead" | "member",
  option: ToolOption,
): readonly ToolName[] => {
  const always = toolsFor(role, option)
  return role === "member" ? approvalTools.filter((name) => !always.includes(name)) : []
}

/** What the members of a fleet see where files can be reserved, and nobody else. */
export const reservationTools = ["reserve_files", "release_files"] as const
export type ReservationTool = (typeof reservationTools)[number]
export const isReservationTool = (name: ToolName): name is ReservationTool =>
  (reservationTools as readonly ToolName[]).includes(name)

/** Nothing is asked of a lead before it edits: it stands for a person. */
export const reservationToolsFor = (role: "lead" | "member", isOn: boolean) =>
  isOn && role === "member" ? reservationTools : []

/** What a member's work needs. Its prompt pays for each of them in every request. */
export const memberTools: readonly ToolName[] = [
  "send_message",
  "get_inbox",
  "ack_message",
  "route_work",
  "list_agents",
  "attach_agent",
  "fleet_status",
]

const memberOptional: readonly ToolName[] = ["register_capability", "cast_vote", "receipt"]

/** The setting `tools`: which of the others are added to what every session sees. */
export type ToolOption = "core" | "all" | readonly string[]

/** The tools one role sees, given the option `tools`, without those of a board and of reservations. */
export const toolsFor = (role: "lead" | "member", option: ToolOption): ToolName[] => {
  const isNamed = (name: ToolName) =>
    option === "all" || (option !== "core" && option.includes(name))
  return toolNames.filter(
    (name) =>
      !isBoardTool(name) &&
      !isReservationTool(name) &&
      (role === "lead"
        ? coreTools.includes(name) || isNamed(name)
        : memberTools.includes(name) || (memberOptional.includes(name) && isNamed(name))),
  )
}

export const createTools = (services: Services): Record<ToolName, MeshTool> =>
  Object.fromEntries(toolNames.map((name) => [name, makers[name](services)])) as Record<
    ToolName,
    MeshTool
  >
