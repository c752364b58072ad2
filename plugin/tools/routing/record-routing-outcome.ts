import type { Work } from "../../mesh/work.ts"
import { agentId, line } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./record-routing-outcome.md" with { type: "text" }

export const recordRoutingOutcome = ({ work }: { work: Work }) =>
  defineTool({
    description,
    args: {
      agent_id: agentId,
      capability_key: line(200).optional(),
      success: z.boolean(),
    },
    help: {
      agent_id: "an agent, or a specialist by name",
      capability_key: "the kind of work",
      success: "whether it did well",
    },
    answer: { ok: "`true`", recorded: "the agent and specialist it counts for" },
    async execute(args, caller) {
      const recorded = await work.recordOutcome(caller, args)
      return {
        title: `${args.agent_id}: ${args.success ? "success" : "failure"}`,
        result: recorded,
      }
    },
  })
