import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { agentId, fleetId, line } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./stop-agents.md" with { type: "text" }

export const stopAgents = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: {
      fleet_id: fleetId.optional(),
      agent_ids: z.array(agentId).min(1).max(64).optional(),
      mode: z.enum(["wrap_up", "cancel", "kill"]).default("cancel"),
      reason: line(500).optional(),
    },
    help: {
      fleet_id: meantFleet,
      agent_ids: "ids or names; by default all",
      mode: "`wrap_up` lets them report first, `cancel` keeps what they have, `kill` ends their processes at once",
      reason: "told to the agents and kept with their results",
    },
    answer: {
      stopped: "ids of the agents that were asked to end",
      already_ended: "ids of those that had already ended",
    },
    async execute({ fleet_id, ...options }, caller) {
      const stopped = await fleets.stop(caller, fleet_id, options)
      return {
        title: `${options.mode}: ${several(stopped.stopped.length, "agent")}`,
        result: stopped,
      }
    },
  })
