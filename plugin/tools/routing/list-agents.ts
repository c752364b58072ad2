import { nameFromRole } from "../../mesh/model/agent.ts"
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
      const { agents, ...list } = await work.list(args)
      return {
        title: `${list.count} of ${list.total} agents`,
        result: { ...list, agents: agents.map((each) => slim(each, args.division)) },
      }
    },
  })

type Listed = Awaited<ReturnType<Work["list"]>>["agents"][number]

/** Every session may ask often: what goes without saying is left out. */
const slim = ({ agent, name, description, division, mode, source }: Listed, asked?: string) => ({
  agent,
  ...(nameFromRole(name) !== agent && { name }),
  description: firstSentence(description),
  ...(division && division !== asked && { division }),
  ...(mode !== "all" && { mode }),
  ...(source !== "bundled" && { source }),
})

/** When an agent fits; what it takes and returns stands in full in `meshfleet agents <agent>`. */
const firstSentence = (text: string) => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text
