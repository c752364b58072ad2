import { readFile } from "node:fs/promises"
import { join } from "node:path"
import type { GitResult } from "../git.ts"
import { addsOnlySchema, configPathOf } from "../schema-line.ts"

/** Of what git tells as changed: what only OpenCode has written to. */
export const restorableIn = async (
  git: (directory: string, args: readonly string[]) => Promise<GitResult>,
  tree: string,
  changed: readonly string[],
) => {
  const configs = changed.flatMap((entry) => configPathOf(entry) ?? [])
  const judged = await Promise.all(
    configs.map(async (path) => {
      const before = await git(tree, ["show", `HEAD:${path}`])
      const after = await readFile(join(tree, path), "utf8").catch(() => undefined)
      return before.ok && after !== undefined && addsOnlySchema(before.stdout, after)
    }),
  )
  return configs.filter((_, index) => judged[index])
}

export const statusArgs = [
  "status",
  "--porcelain",
  "-z",
  "--no-renames",
  "--untracked-files=normal",
]

export const entries = ({ stdout }: GitResult) => stdout.split("\0").filter((entry) => entry !== "")

export const line = ({ stdout }: GitResult) => stdout.replace(/\r?\n$/, "")
