import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Git } from "../git.ts"

/** A large submodule is copied from the disk. */
const updateMs = 600_000

/**
 * Fills in a worktree the submodules that are filled in the person's tree, from the copy the person
 * has: nothing is fetched, and no configuration of theirs changes. Answers what stays empty.
 */
export const fillSubmodules = async (git: Git, project: string, tree: string) => {
  const left: string[] = []
  for (const { name, path } of await submodulesOf(git, tree)) {
    const own = await git(join(project, path), ["rev-parse", "--absolute-git-dir"])
    const isFilled = existsSync(join(project, path, ".git")) && own.ok
    if (!isFilled || existsSync(join(tree, path, ".git"))) continue
    const source = own.stdout.trim()
    const address = await git(join(project, path), ["config", "remote.origin.url"])
    const filled = await git(
      tree,
      [
        // Git refuses to copy from a folder unless it is told to; here it is the person's own.
        ...["-c", "protocol.file.allow=always"],
        ...["-c", `submodule.${name}.url=${source}`],
        ...["-c", `submodule.${name}.active=true`],
        ...["submodule", "update", "--checkout", "--", path],
      ],
      updateMs,
    )
    if (!filled.ok) left.push(`${path}: ${filled.complaint}`)
    else if (address.ok)
      await git(join(tree, path), ["config", "remote.origin.url", address.stdout.trim()])
    if (filled.ok) left.push(...(await fillSubmodules(git, join(project, path), join(tree, path))))
  }
  return left
}

/** Whether a submodule of the tree has commits that are in no other place. */
export const holdsOwnCommits = async (git: Git, tree: string): Promise<boolean> => {
  for (const { path } of await filledSubmodules(git, tree)) {
    const folder = join(tree, path)
    const own = ["rev-list", "--count", "HEAD", "--branches", "--not", "--remotes"]
    const counted = await git(folder, own)
    if (!counted.ok || Number(counted.stdout) > 0) return true
    if (await holdsOwnCommits(git, folder)) return true
  }
  return false
}

export const filledSubmodules = async (git: Git, tree: string) =>
  (await submodulesOf(git, tree)).filter(({ path }) => existsSync(join(tree, path, ".git")))

const submodulesOf = async (git: Git, tree: string) => {
  if (!existsSync(join(tree, ".gitmodules"))) return []
  const asked = ["config", "--file", ".gitmodules", "-z", "--get-regexp", String.raw`\.path$`]
  const { stdout } = await git(tree, asked)
  return stdout.split("\0").flatMap((entry) => {
    const [, name, path] = /^submodule\.(.+)\.path\n(.+)$/s.exec(entry) ?? []
    // The file may come from anybody; a path that leads out of the tree is git's to refuse, and ours.
    return name && path && !path.split("/").includes("..") && !path.startsWith("/")
      ? [{ name, path }]
      : []
  })
}
