import { basename, dirname } from "node:path"
import type { Rule } from "../../mesh/model/permission-rules.ts"

/** Folders and files that OpenCode, or git beside it, takes code, permissions or orders from. */
const folders = [".opencode", ".claude", ".agents", ".git"]
const files = ["opencode.json", "opencode.jsonc", "AGENTS.md", "CLAUDE.md", "CONTEXT.md"]

/**
 * What an agent's edits are held to beside its lead's rules: a person is asked before it changes what
 * the next host, or the next session of anybody, would load as code or rules. `configFolder` is the
 * user's own, wherever that is. OpenCode names a file from the root of its tree, and "*" of a pattern
 * stands for any number of folders.
 */
export const plantingRules = (configFolder: string): Rule[] => {
  const users = `${basename(dirname(configFolder))}/${basename(configFolder)}`
  const patterns = [
    ...folders.flatMap((name) => [`${name}/*`, `*/${name}/*`]),
    ...files.flatMap((name) => [name, `*/${name}`]),
    `*/${users}/*`,
  ]
  return [
    { permission: "*", pattern: "*", action: "allow" },
    ...patterns.map((pattern): Rule => ({ permission: "edit", pattern, action: "ask" })),
  ]
}
