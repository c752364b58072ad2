import { type Command, defineCommand, json } from "../../define/command.ts"
import { renderCommandHelp, renderHelp } from "../../define/render-help.ts"
import { helpOutputs } from "../../outputs/program.ts"
import { print, printJson } from "../../terminal/terminal.ts"

export const createHelp = (commands: () => readonly Command[], find: (name: string) => Command) =>
  defineCommand({
    name: "help",
    summary: "Show this list, or the options of a command",
    usage: ["help [command] [--json]"],
    options: { json },
    outputs: helpOutputs,
    takes: { least: 0, most: 1 },
    async run({ values, positionals: [name] }, { terminal }) {
      if (name === undefined) {
        if (values.json)
          return printJson(terminal, helpOutputs.all, { commands: commands().map(described) })
        return print(terminal, renderHelp(commands()).join("\n"))
      }
      const command = find(name)
      if (values.json) return printJson(terminal, helpOutputs.one, described(command))
      print(terminal, renderCommandHelp(command).join("\n"))
    },
  })

const described = ({ name, summary, usage, options, outputs }: Command) => ({
  name,
  summary,
  usage,
  options: Object.entries(options).map(([option, { hint, help }]) => ({
    name: option,
    hint: hint ?? null,
    help,
  })),
  outputs: "none" in outputs ? [] : Object.keys(outputs).map((form) => `${name}.${form}`),
})
