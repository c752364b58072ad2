import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { agentId, fleetId } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./stop-agents.md" with { type: "text" }

export const stopAgents = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: {
      fleet_id: fleetId.optional(),
      agent_ids: z.array(agentId).min(1).max(64).optional(),
      mode: z.enum(["wrap_up", "cancel", "kill"]).default("cancel"),
      reason: z.string().min(1).max(500).optional(),
    },
    async execute({ fleet_id, ...options }, caller) {
      const stopped = await fleets.stop(caller, fleet_id, options)
      return { title: `${options.mode}: ${stopped.stopped.length} agents`, result: stopped }
    },
  })
