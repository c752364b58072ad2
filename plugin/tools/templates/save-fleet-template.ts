import {
  mostTemplateAgents,
  templateAgents,
  templateDescription,
  templateName,
} from "../../mesh/templates/template.ts"
import type { Templates } from "../../mesh/templates/templates.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { templateFields } from "../define/fields.ts"
import description from "./save-fleet-template.md" with { type: "text" }

export const saveFleetTemplate = ({ templates }: { templates: Templates }) =>
  defineTool({
    description,
    args: {
      name: templateName,
      agents: templateAgents,
      description: templateDescription.optional(),
    },
    told: { agents: z.array(z.looseObject({})).min(1).max(mostTemplateAgents) },
    help: {
      name: "of the template; a name of yours gets its next version, earlier ones stay as they are",
      agents: "as for `spawn_fleet`; every text may hold `{{variables}}`",
      description: "what it is for, in one line",
    },
    answer: { template: templateFields },
    async execute(args, caller) {
      const result = await templates.save(caller, args)
      return { title: `${args.name}, version ${result.template.version}`, result }
    },
  })
