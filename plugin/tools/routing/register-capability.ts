import type { Work } from "../../mesh/work.ts"
import { agentId, count, fleetId, line, role } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { actingAs } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./register-capability.md" with { type: "text" }

export const registerCapability = ({ work }: { work: Work }) =>
  defineTool({
    description,
    args: {
      role,
      skills: z.array(line(80)).min(1).max(40),
      agent_id: agentId.optional(),
      fleet_id: fleetId.optional(),
      model: line(200).optional(),
      context_window: count.optional(),
    },
    help: {
      role: "its role",
      skills: "what it can do",
      agent_id: actingAs,
      fleet_id: "needed when you lead several fleets",
      model: "the model it runs on",
      context_window: "of that model, in tokens",
    },
    answer: { ok: "`true`", agent_id: "the agent", fleet_id: "its fleet" },
    async execute(args, caller) {
      const registered = await work.register(caller, args)
      return { title: `${args.role}: ${several(args.skills.length, "skill")}`, result: registered }
    },
  })
