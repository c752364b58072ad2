import type { AgentDraft } from "../../../plugin/mesh/fleets/fleet-draft.ts"

/** An agent as `spawn_fleet` and `attach_agent` ask for it. */
export const draft = (role: string, more: Partial<AgentDraft> = {}): AgentDraft => ({
  role,
  prompt: `do ${role}`,
  ...more,
})
