import type { Work } from "../../mesh/work.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./list-agents.md" with { type: "text" }

export const listAgents = ({ work }: { work: Work }) =>
  defineTool({
    description,
    args: {
      query: z.string().min(1).max(1000).optional(),
      division: z.string().min(1).optional(),
      limit: z.number().int().min(1).max(300).default(25),
    },
    async execute(args) {
      const list = await work.list(args)
      return { title: `${list.count} of ${list.total} agents`, result: list }
    },
  })
