import { MeshError } from "../../mesh/model/errors.ts"
import type { Sessions } from "../../opencode/runtime/sessions.ts"

/** OpenCode's own, which every installation has. */
const builtIn = ["build", "plan", "general", "explore"]

/**
 * The sessions port of a shell, where there is no OpenCode to ask: it knows agents by name, and
 * refuses everything that needs a session.
 */
export const createShellSessions = (configuredAgents: readonly string[]): Sessions => {
  const refuse = async (): Promise<never> => {
    throw new MeshError(
      "NOT_ALLOWED",
      "This needs an OpenCode session, which a shell does not have.",
      "Do it in OpenCode.",
    )
  }
  return {
    create: refuse,
    exists: refuse,
    isBusy: refuse,
    prompt: refuse,
    abort: refuse,
    messages: refuse,
    parentOf: refuse,
    replyPermission: refuse,
    answerQuestion: refuse,
    childrenOf: refuse,
    rejectQuestion: refuse,
    models: refuse,
    toast: refuse,
    // Rules are left to the hosts: they read the same configuration, and there is no lead to bound.
    agents: async () =>
      [...new Set([...builtIn, ...configuredAgents])].map((name) => ({
        name,
        mode: "all",
        permission: [],
      })),
  }
}
