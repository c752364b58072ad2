/** OpenCode's configuration files, by the end of their path. */
const configFile = /(^|\/)(opencode|config)\.jsonc?$/

/** A modified file of `git status --porcelain` that may hold nothing but OpenCode's own line. */
export const configPathOf = (entry: string): string | undefined => {
  const path = entry.slice(3)
  return entry.startsWith(" M ") && configFile.test(path) ? path : undefined
}

/**
 * OpenCode writes a `$schema` line into a configuration file that has none as soon as it starts in
 * its folder: nobody's work, and no reason to keep a worktree.
 */
export const addsOnlySchema = (before: string, after: string) =>
  !before.includes("$schema") && bare(before) === bare(after)

const bare = (text: string) =>
  text.replace(/"\$schema"\s*:\s*"https:\/\/opencode\.ai\/[\w.-]+"\s*,?/, "").replace(/\s+/g, "")
