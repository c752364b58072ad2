/**
 * Whether this OpenCode ends when its session comes to rest: `opencode run`. A lead has to wait in a
 * tool there, and nothing in its conversation says so.
 */
export const endsWithTurn = (argv: readonly string[] = process.argv): boolean =>
  argv.slice(2).find((word) => !word.startsWith("-")) === "run"
