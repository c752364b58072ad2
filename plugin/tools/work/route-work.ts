import type { Work } from "../../mesh/work.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./route-work.md" with { type: "text" }

export const routeWork = ({ work }: { work: Work }) =>
  defineTool({
    description,
    args: {
      description: z.string().min(1).max(65_536),
      top_n: z.number().int().min(1).max(50).default(3),
      keywords: z.array(z.string().min(1).max(200)).max(50).optional(),
      scope: z.enum(["all", "fleet", "roster"]).default("all"),
    },
    async execute(args, caller) {
      const routed = await work.route(caller, args)
      const best = routed.matches[0]
      return { title: best ? `best: ${best.agent ?? best.agent_id}` : "nobody", result: routed }
    },
  })
