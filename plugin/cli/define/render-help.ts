import type { Command } from "./command.ts"

/** The list of commands. */
export const renderHelp = (commands: readonly Command[]): string[] => {
  const usages = commands.map(({ usage }) => usage[0]!)
  const width = Math.max(...usages.map((usage) => usage.length))
  return [
    "meshfleet: see and steer the fleets of the project you are in",
    "",
    ...commands.map(({ usage, summary }) => `  meshfleet ${usage[0]!.padEnd(width)}  ${summary}`),
    "",
    "A fleet is named by its id or name. meshfleet help <command> shows its options.",
    "Exit code: 0 success, 1 failure, 2 command not understood, 130 interrupted.",
  ]
}

export const renderCommandHelp = ({ usage, summary, options }: Command): string[] => {
  const rows = Object.entries(options).map(([name, { hint, help }]) => ({
    left: `--${name}${hint ? ` ${hint}` : ""}`,
    help,
  }))
  const width = Math.max(0, ...rows.map(({ left }) => left.length))
  return [
    summary,
    "",
    ...usage.map((each) => `  meshfleet ${each}`),
    ...(rows.length > 0
      ? ["", ...rows.map(({ left, help }) => `  ${left.padEnd(width)}  ${help}`)]
      : []),
  ]
}
