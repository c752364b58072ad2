import type { Fleets } from "../mesh/fleets/fleets.ts"
import type { Messages } from "../mesh/mail/messages.ts"
import type { Results } from "../mesh/fleets/results.ts"
import type { Work } from "../mesh/work.ts"
import { ackMessage } from "./mail/ack-message.ts"
import { attachAgent } from "./fleets/attach-agent.ts"
import { collectResults } from "./fleets/collect-results.ts"
import type { MeshTool } from "./define/define-tool.ts"
import { fleetStatus } from "./fleets/fleet-status.ts"
import { getInbox } from "./mail/get-inbox.ts"
import { listAgents } from "./routing/list-agents.ts"
import { listFleets } from "./fleets/list-fleets.ts"
import { recordRoutingOutcome } from "./routing/record-routing-outcome.ts"
import { registerCapability } from "./routing/register-capability.ts"
import { routeWork } from "./routing/route-work.ts"
import { sendMessage } from "./mail/send-message.ts"
import { sendMessages } from "./mail/send-messages.ts"
import { setFleetTimeout } from "./fleets/set-fleet-timeout.ts"
import { spawnFleet } from "./fleets/spawn-fleet.ts"
import { stopAgents } from "./fleets/stop-agents.ts"

export interface Services {
  fleets: Fleets
  results: Results
  messages: Messages
  work: Work
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
} satisfies Record<string, (services: Services) => MeshTool>

export type ToolName = keyof typeof makers
export const toolNames = Object.keys(makers) as ToolName[]
export const isToolName = (name: string): name is ToolName => Object.hasOwn(makers, name)

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

const memberOptional: readonly ToolName[] = ["register_capability"]

/** The tools one role sees, given the option `tools`. */
export const toolsFor = (
  role: "lead" | "member",
  option: "core" | "all" | readonly string[],
): ToolName[] => {
  const isNamed = (name: ToolName) =>
    option === "all" || (option !== "core" && option.includes(name))
  return toolNames.filter((name) =>
    role === "lead"
      ? coreTools.includes(name) || isNamed(name)
      : memberTools.includes(name) || (memberOptional.includes(name) && isNamed(name)),
  )
}

export const createTools = (services: Services): Record<ToolName, MeshTool> =>
  Object.fromEntries(toolNames.map((name) => [name, makers[name](services)])) as Record<
    ToolName,
    MeshTool
  >
