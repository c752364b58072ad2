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
    help: {
      description: "the task, preferably in English",
      top_n: "how many matches to return",
      keywords: "words that count in addition to the description",
      scope: "`fleet` looks at running agents, `roster` at specialists, `all` at both",
    },
    answer: {
      matches: [
        {
          kind: "`agent` (in a fleet of yours) or `specialist`",
          agent_id: "the running agent's id",
          agent: "the specialist's name, for spawn_fleet and attach_agent",
          role: "its role or title",
          score: "higher is better",
          weight: "the factor that recorded outcomes put on the score, 0.5 to 1.5",
          confidence: "how likely it is the right one, 0 to 1",
          fits: "`false`: probably small talk, or work nobody here does",
          reason: "which words matched",
        },
      ],
      note: "present when the embeddings endpoint did not answer",
    },
    async execute(args, caller) {
      const routed = await work.route(caller, args)
      const best = routed.matches[0]
      return { title: best ? `best: ${best.agent ?? best.agent_id}` : "nobody", result: routed }
    },
  })
