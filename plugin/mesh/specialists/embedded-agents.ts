import type { PermissionRule, Specialist, AgentMode } from "./file/specialist.ts"

/** One specialist as the bundle carries it: parsed at build time, so that no YAML is read later. */
export interface EmbeddedAgent {
  agent: string
  title: string
  description: string
  division: string
  access: string
  mode: AgentMode
  aliases: string[]
  skills: string[]
  triggers: string[]
  terms: string[]
  color: string
  permission: Record<string, PermissionRule>
  prompt: string
}

export interface EmbeddedAgents {
  /** Rises when the shape changes; a bundle reads only what it was built with. */
  format: 1
  agents: EmbeddedAgent[]
}

export const readEmbeddedAgents = ({ agents }: EmbeddedAgents): Specialist[] =>
  agents.map(({ color, permission, prompt, ...rest }) => ({
    ...rest,
    source: "bundled",
    registered: false,
    config: { description: rest.description, mode: rest.mode, prompt, color, permission },
  }))
