import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { budget, name, newAgent, newAgentFields, positive } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { agentFields } from "../define/fields.ts"
import description from "./spawn-fleet.md" with { type: "text" }

export const spawnFleet = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: {
      agents: z
        .array(
          z.strictObject({
            ...newAgent,
            skills: z.array(z.string().min(1).max(80)).max(40).optional(),
            directory: z.string().min(1).optional(),
          }),
        )
        .min(1)
        .max(64),
      name: name.optional(),
      isolation: z.enum(["auto", "process", "shared"]).optional(),
      max_parallel: positive.optional(),
      timeout_ms: positive.optional(),
      budget,
      on_stall: z.enum(["report", "cancel", "retry"]).optional(),
      worktree: z.boolean().optional(),
    },
    help: {
      agents: [
        {
          ...newAgentFields,
          skills: "what route_work should know of it, besides its specialist's skills",
          directory: "where it works; by default your directory",
        },
      ],
      name: "the fleet's name; by default made from the roles",
      isolation:
        "`process` gives each agent its own host, `shared` puts all in one, `auto` decides by free memory",
      max_parallel: "agents at work at once; by default from cores and free memory",
      timeout_ms: "when it is over, agents still running are ended",
      budget: "for all agents together",
      on_stall: "what to do with a stalled agent besides reporting it",
      worktree: "for every agent that does not say otherwise",
    },
    answer: {
      fleet_id: "the fleet's id",
      agent_ids: "ids of the agents, in the order given",
      agents: [agentFields],
      isolation: "`auto`, `process` or `shared`",
      max_parallel: "agents at work at once; the others are queued",
      note: "present when your uncommitted files are missing from the worktrees",
    },
    async execute(args, caller, { signal }) {
      const spawned = await fleets.spawn(caller, args, signal)
      const names = spawned.agents.map((agent) => agent.name).join(", ")
      return {
        title: `${spawned.agents.length} agents: ${names}`,
        result: spawned,
        metadata: { fleet_id: spawned.fleet_id },
      }
    },
  })
