import { templateName, templateVersion } from "../../mesh/templates/template.ts"
import type { Templates } from "../../mesh/templates/templates.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { spawnedFleetFields } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./spawn-from-template.md" with { type: "text" }

export const spawnFromTemplate = ({ templates }: { templates: Templates }) =>
  defineTool({
    description,
    args: {
      name: templateName,
      version: templateVersion.optional(),
      variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    },
    told: { variables: z.record(z.string(), z.string()).optional() },
    help: {
      name: "of the template",
      version: "by default the newest",
      variables: "an object with a text for each variable of the template, and no others",
    },
    answer: {
      fleet_id: "the fleet's id",
      agent_ids: "ids of the agents, in the order of the template",
      ...spawnedFleetFields,
      template: "what it was spawned from",
      version: "of the template",
    },
    async execute(args, caller, { signal }) {
      const spawned = await templates.spawn(caller, args, signal)
      const names = spawned.agents.map((agent) => agent.name).join(", ")
      return {
        title: `${several(spawned.agents.length, "agent")} of ${args.name}: ${names}`,
        result: spawned,
        metadata: { fleet_id: spawned.fleet_id },
      }
    },
  })
