import type { Work } from "../../mesh/work.ts"
import { agentId, fleetId, role } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { actingAs } from "../define/fields.ts"
import description from "./register-capability.md" with { type: "text" }

export const registerCapability = ({ work }: { work: Work }) =>
  defineTool({
    description,
    args: {
      role,
      skills: z.array(z.string().min(1).max(80)).min(1).max(40),
      agent_id: agentId.optional(),
      fleet_id: fleetId.optional(),
      model: z.string().min(1).max(200).optional(),
      context_window: z.number().int().min(1).optional(),
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
      return { title: `${args.role}: ${args.skills.length} skills`, result: registered }
    },
  })
