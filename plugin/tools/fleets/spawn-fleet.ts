import type { Fleets } from "../../mesh/fleets/fleets.ts"
import {
  budget,
  count,
  deadlineMs,
  fleetAgent,
  fleetAgentFields,
  name,
} from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { newTaskFields, newTasks, toldTasks } from "../define/task-arguments.ts"
import { spawnedFleetFields } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./spawn-fleet.md" with { type: "text" }

export const spawnFleet = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: {
      agents: z.array(fleetAgent).min(1).max(64),
      name: name.optional(),
      isolation: z.enum(["auto", "process", "shared"]).optional(),
      max_parallel: count.optional(),
      timeout_ms: deadlineMs.optional(),
      budget,
      on_stall: z.enum(["report", "cancel", "retry"]).optional(),
      worktree: z.boolean().optional(),
      tasks: newTasks.optional(),
    },
    told: { tasks: toldTasks.optional() },
    help: {
      agents: [fleetAgentFields],
      name: "the fleet's name; by default made from the roles",
      isolation:
        "`process` gives each agent its own host, `shared` puts all in one, `auto` decides by free memory",
      max_parallel: "agents at work at once; by default from cores and free memory",
      timeout_ms: "when it is over, agents still running are ended",
      budget: "for all agents together",
      on_stall: "what to do with a stalled agent besides reporting it",
      worktree: "for every agent that does not say otherwise",
      tasks: [newTaskFields],
    },
    answer: {
      fleet_id: "the fleet's id",
      agent_ids: "ids of the agents, in the order given",
      ...spawnedFleetFields,
    },
    async execute(args, caller, { signal }) {
      const spawned = await fleets.spawn(caller, args, signal)
      const names = spawned.agents.map((agent) => agent.name).join(", ")
      return {
        title: `${several(spawned.agents.length, "agent")}: ${names}`,
        result: spawned,
        metadata: {
          fleet_id: spawned.fleet_id,
          agents: spawned.agents.map(({ name, role, status }) => `${name} · ${role} · ${status}`),
        },
      }
    },
  })
