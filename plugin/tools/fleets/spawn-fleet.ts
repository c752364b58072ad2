import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { budget, name, newAgent, positive } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
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
