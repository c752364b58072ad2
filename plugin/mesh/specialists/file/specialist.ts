export type AgentMode = "all" | "primary" | "subagent"

/** Of a word or of patterns, what OpenCode may do: allow, ask or deny. */
export type PermissionRule = string | Readonly<Record<string, string>>

/** What OpenCode gets and nothing else: an unknown key would end up in a provider's request. */
export interface SpecialistConfig {
  description: string
  mode: AgentMode
  prompt: string
  color?: string
  permission?: Record<string, PermissionRule>
  model?: string
  variant?: string
  temperature?: number
  top_p?: number
  steps?: number
}

/** One personality an agent can be given, wherever its file lies. Hand `config` on as a copy. */
export interface Specialist {
  /** The name it is chosen by. */
  agent: string
  title: string
  description: string
  division?: string
  access?: string
  mode: AgentMode
  aliases: readonly string[]
  skills: readonly string[]
  triggers: readonly string[]
  /** The field's words in all languages, flattened. */
  terms: readonly string[]
  /** bundled, project, global, or the name of the further folder it lies in. */
  source: string
  /** OpenCode reads this file by itself, so a host must not register it again. */
  registered: boolean
  /** `disable: true` in a user's file: it is in no list, and hides what has the same name below it. */
  disabled?: true
  file?: string
  config: SpecialistConfig
}
