import { type Command, defineCommand } from "../define/command.ts"
import { renderCommandHelp, renderHelp } from "../define/render-help.ts"
import { print } from "../terminal/terminal.ts"

export const createHelp = (commands: () => readonly Command[], find: (name: string) => Command) =>
  defineCommand({
    name: "help",
    summary: "Show this list, or the options of a command",
    usage: ["help [command]"],
    options: {},
    takes: { least: 0, most: 1 },
    async run({ positionals: [name] }, { terminal }) {
      const lines = name === undefined ? renderHelp(commands()) : renderCommandHelp(find(name))
      print(terminal, lines.join("\n"))
    },
  })
