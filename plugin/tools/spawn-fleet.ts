import type { Fleets } from "../mesh/fleets.ts"
import { name, newAgent } from "./arguments.ts"
import { defineTool, z } from "./define-tool.ts"
import description from "./spawn-fleet.md" with { type: "text" }

const positive = z.number().int().min(1)

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
      budget: z
        .strictObject({
          tokens: positive.optional(),
          cost_usd: z.number().positive().optional(),
          turns: positive.optional(),
          duration_ms: positive.optional(),
        })
        .optional(),
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
