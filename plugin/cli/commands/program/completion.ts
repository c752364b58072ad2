import { type Command, defineCommand } from "../../define/command.ts"
import { renderCompletion, shells } from "../../define/render-completion.ts"
import { UsageError } from "../../define/usage-error.ts"

export const createCompletion = (commands: () => readonly Command[]) =>
  defineCommand({
    name: "completion",
    summary: "Print the completion of a shell, to be read by it",
    usage: ["completion bash|zsh|fish"],
    options: {},
    outputs: { none: "it writes a script for a shell" },
    takes: { least: 1, most: 1 },
    async run({ positionals: [wanted] }, { terminal }) {
      const shell = shells.find((each) => each === wanted)
      if (!shell)
        throw new UsageError(
          `There is no completion for "${wanted}".`,
          `meshfleet completion ${shells.join("|")}`,
        )
      terminal.write(renderCompletion(shell, commands()))
    },
  })
