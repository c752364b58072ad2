import { fleetStatuses } from "../../mesh/model/agent.ts"
import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { fleetStatus } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./list-fleets.md" with { type: "text" }

export const listFleets = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: {
      status: z.enum(fleetStatuses).optional(),
      limit: z.number().int().min(1).max(100).default(20),
    },
    help: { status: "only fleets with this status", limit: "how many at most" },
    answer: {
      fleets: [
        {
          fleet_id: "the fleet",
          name: "its name",
          status: fleetStatus,
          lead: "whether you lead it",
          created_at: "ISO time",
          completed_at: "ISO time, once it has ended",
          agent_count: "all agents",
          agents_queued: "agents waiting for a place",
          agents_running: "agents at work, starting, or between two attempts",
          agents_complete: "agents with a final answer",
          agents_failed: "agents that ended without one",
          agents_cancelled: "agents that were stopped",
        },
      ],
    },
    async execute(args, caller) {
      const list = await fleets.list(caller, args)
      return { title: several(list.fleets.length, "fleet"), result: list }
    },
  })
