import type { Sessions } from "../../opencode/runtime/sessions.ts"

/** OpenCode's own, which every installation has. */
const builtIn = ["build", "plan", "general", "explore"]

/**
 * What a shell, where there is no OpenCode to ask, knows of its agents: their names. Rules are left to
 * the hosts: they read the same configuration, and there is no lead to bound.
 */
export const shellAgents =
  (configured: readonly string[]): Sessions["agents"] =>
  async () =>
    [...new Set([...builtIn, ...configured])].map((name) => ({ name, mode: "all", permission: [] }))
