import { readFileSync, writeFileSync } from "node:fs"
import { basename, resolve } from "node:path"
import { errorText } from "../../mesh/model/errors.ts"
import { parseTemplateFile, renderTemplateFile } from "../../mesh/templates/template-file.ts"
import { summarizeTemplate, templateName } from "../../mesh/templates/template.ts"
import { refuseUnkept } from "../../tools/define/refuse-unkept.ts"
import { count, defineCommand, json, type Option, text } from "../define/command.ts"
import { templatesOutputs } from "../outputs/work.ts"
import { UsageError } from "../define/usage-error.ts"
import { escapeSteering } from "../render/render-json.ts"
import { renderTemplate, renderTemplates } from "../render/render-templates.ts"
import { titled } from "../render/styled.ts"
import { print, printJson } from "../terminal/terminal.ts"

const name: Option<string> = {
  hint: "<name>",
  help: "Import it by this name; one of your own gets its next version",
  parse(value) {
    const { error } = templateName.safeParse(value)
    if (error) throw new Error(error.issues[0]!.message)
    return value
  },
}

const usage = [
  "templates [--json]",
  "templates show <name> [--version n] [--json]",
  "templates export <name> [--version n] [--file path] [--json]",
  "templates import <file> [--as name] [--json]",
]

export const templates = defineCommand({
  name: "templates",
  summary: "List the fleets that can be spawned again, show, export or import one",
  usage,
  options: {
    version: count("This version instead of the newest", 1_000_000),
    file: text("<path>", "Export into this new file instead of stdout"),
    as: name,
    json,
  },
  outputs: templatesOutputs,
  takes: { least: 0, most: 2 },
  async run({ values, positionals: [act, what] }, context) {
    const { terminal } = context
    if (act !== undefined && !["show", "export", "import"].includes(act))
      throw new UsageError(`"${act}" is nothing to do with templates.`, `meshfleet ${usage[1]}`)
    const form = usage.find((each) => each.startsWith(`templates ${act}`))
    if (act !== undefined && what === undefined)
      throw new UsageError(
        `templates ${act} needs ${act === "import" ? "a file" : "a name"}.`,
        `meshfleet ${form}`,
      )
    const { meshProcess, person } = await context.mesh()
    const service = meshProcess.templates
    if (act === undefined) {
      const list = await service.list(person)
      if (values.json) return printJson(terminal, templatesOutputs.all, list)
      return terminal.paint(titled(renderTemplates(list.templates, terminal.columns())))
    }
    if (act === "import") {
      // A model that could put one there would speak in every project of the user.
      await context.refuseModels(meshProcess)
      const file = resolve(what!)
      const draft = parseTemplateFile(read(file), basename(file))
      refuseUnkept(draft)
      const imported = await service.import(person, draft, values.as)
      if (values.json) return printJson(terminal, templatesOutputs.import, imported)
      const { name: given, version } = imported.template
      const why = imported.renamed && values.as === undefined ? ` (${draft.name} is taken)` : ""
      return print(terminal, `Imported as ${given}, version ${version}${why}.`)
    }
    const template = await service.find(person, what!, values.version)
    if (act === "show") {
      const shown = { ...summarizeTemplate(template), agents: template.agents }
      if (values.json) return printJson(terminal, templatesOutputs.show, shown)
      return print(terminal, renderTemplate(shown).join("\n"))
    }
    const exported = escapeSteering(renderTemplateFile(template))
    if (values.file === undefined) return terminal.write(exported)
    write(resolve(values.file), exported)
    if (values.json)
      return printJson(terminal, templatesOutputs.file, {
        name: template.name,
        version: template.version,
        file: resolve(values.file),
      })
    print(terminal, `${template.name}, version ${template.version}, is in ${values.file}.`)
  },
})

const read = (file: string) => {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${errorText(error)}.`, `meshfleet ${usage[3]}`)
  }
}

/** What is there stays there. */
const write = (file: string, content: string) => {
  try {
    writeFileSync(file, content, { flag: "wx" })
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${errorText(error)}.`, `meshfleet ${usage[2]}`)
  }
}
