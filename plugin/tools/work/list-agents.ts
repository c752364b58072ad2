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
    help: {
      query: "words to search for",
      division: "such as `engineering`",
      limit: "how many at most",
    },
    answer: {
      count: "how many are listed",
      total: "how many fit",
      agents: [
        {
          agent: "its name, for `agent` of spawn_fleet and attach_agent",
          name: "its title",
          description: "when to use it, what to give it, what it returns",
          division: "such as `engineering`",
          mode: "`all`, `primary` or `subagent`",
          source: "where its file was found",
        },
      ],
      problems: [{ file: "an agent file that cannot be used", problem: "why" }],
    },
    async execute(args) {
      const list = await work.list(args)
      return { title: `${list.count} of ${list.total} agents`, result: list }
    },
  })
