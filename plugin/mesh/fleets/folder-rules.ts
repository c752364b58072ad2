import type { Rule } from "../model/permission-rules.ts"
import { includesPattern, matchesWildcard } from "../model/wildcard.ts"

/** What OpenCode asks for before a tool leaves the tree that its session was opened in. */
export const folderPermission = "external_directory"

export interface FolderJudgement {
  action: Rule["action"]
  /** What OpenCode has to be asked with to come to the same. */
  patterns: string[]
}

/**
 * What rules say of a folder and of all that is in it: the strictest of what they say of any part,
 * since a session that is opened there is asked about none of it.
 */
export const judgeFolder = (rules: readonly Rule[], folder: string): FolderJudgement => {
  const within = `${folder.replaceAll("\\", "/").replace(/\/+$/, "")}/`
  const whole = `${within}*`
  // Where no rule matches, OpenCode asks.
  let judged: FolderJudgement = { action: "ask", patterns: [whole] }
  for (const { permission, pattern, action } of rules) {
    if (!matchesWildcard(folderPermission, permission)) continue
    if (includesPattern(pattern, whole)) judged = { action, patterns: [whole] }
    else if (action !== "allow" && mayMatchWithin(pattern.replaceAll("\\", "/"), within))
      judged = {
        action: action === "deny" ? action : judged.action === "allow" ? action : judged.action,
        patterns: [...judged.patterns, pattern],
      }
  }
  return judged
}

/** Told by what a pattern begins with: too strict for a few, too free for none. */
const mayMatchWithin = (pattern: string, within: string) => {
  const fixed = /^[^*?]*/.exec(pattern)![0]
  return fixed.startsWith(within) || (fixed !== pattern && within.startsWith(fixed))
}
