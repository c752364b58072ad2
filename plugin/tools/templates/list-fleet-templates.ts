import { templateName } from "../../mesh/templates/template.ts"
import type { Templates } from "../../mesh/templates/templates.ts"
import { defineTool } from "../define/define-tool.ts"
import { templateFields } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./list-fleet-templates.md" with { type: "text" }

/** Of more than that one answer does not hold everything. */
const mostInFull = 50

export const listFleetTemplates = ({ templates }: { templates: Templates }) =>
  defineTool({
    description,
    args: { name: templateName.optional() },
    help: {
      name: "only this one, with its agents as they were saved; of more than 50 templates a list has name, version, source and variables alone",
    },
    answer: { templates: [templateFields] },
    async execute({ name }, caller) {
      if (name !== undefined) return { title: name, result: await templates.show(caller, name) }
      const { templates: all } = await templates.list(caller)
      const listed =
        all.length > mostInFull
          ? all.map(({ name, version, source, variables }) => ({
              name,
              version,
              source,
              variables,
            }))
          : all
      return { title: several(all.length, "template"), result: { templates: listed } }
    },
  })
