import { existsSync } from "node:fs"
import { cp, lstat, mkdir, readdir, symlink, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import type { TreeSetup, TreeSetUp } from "../../mesh/worktrees/tree-setup.ts"
import type { Git } from "../git.ts"
import { runCommand } from "./run-command.ts"

export interface SetUpTreeDeps {
  git: (directory: string, args: readonly string[]) => ReturnType<Git>
  /** Root of the working tree its fleet was spawned from, and of the worktree. */
  project: string
  tree: string
  /** Where the agent works. */
  directory: string
  /** What an agent's shell would have. */
  env: Record<string, string | undefined>
  /** Ends all that the command has started. */
  end: () => Promise<unknown>
  signal?: AbortSignal
}

/** Beside the tree, so that git sees nothing of it: what its command printed, and that it is done. */
export const setupOfTree = (tree: string) => `${tree}.setup`

/** What was cut short is done again, what is complete is not. */
export const setUpOnce = async (
  setup: TreeSetup | undefined,
  deps: SetUpTreeDeps,
): Promise<TreeSetUp> => {
  const beside = setupOfTree(deps.tree)
  const done = join(beside, "done")
  if (!setup || existsSync(done)) return {}
  await mkdir(beside, { recursive: true, mode: 0o700 })
  const made = await setUpTree(setup, deps, join(beside, "output.txt"))
  await writeFile(done, "", { mode: 0o600 })
  return made
}

/** Copies, links, and runs the command. Throws with the end of its output when it fails. */
const setUpTree = async (
  setup: TreeSetup,
  deps: SetUpTreeDeps,
  output: string,
): Promise<TreeSetUp> => {
  const leftOut: string[] = []
  for (const path of setup.files) {
    const why = await bring(path, deps, (from, to) =>
      // A link stays one: what it leads to may be none of the agent's business.
      cp(from, to, { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false }),
    )
    if (why) leftOut.push(`${path}: ${why}`)
  }
  for (const path of setup.shared) {
    const why = await bring(path, deps, linkEntries)
    if (why) leftOut.push(`${path}: ${why}`)
  }
  const told = leftOut.length > 0 && { leftOut }
  if (setup.command === "") return { ...told }
  // A supervisor that died while it ran has left it running.
  await deps.end()
  const { ms, text, failure } = await runCommand(setup.command, { ...deps, ms: setup.commandMs })
  await writeFile(output, text, { mode: 0o600 })
  if (failure !== undefined)
    throw new Error(`worktree_setup "${setup.command}" ${failure}: ${lastLines(text)}`)
  return { ...told, commandMs: ms }
}

/** Answers why a path was left out. */
const bring = async (
  path: string,
  { git, project, tree }: SetUpTreeDeps,
  carry: (from: string, to: string) => Promise<void>,
) => {
  const [from, to] = [join(project, path), join(tree, path)]
  const found = await lstat(from).catch(() => undefined)
  if (!found) return "it is not in the project"
  if (await lstat(to).catch(() => undefined)) return undefined
  // As a folder: a pattern such as "node_modules/" holds for nothing else.
  const asked = found.isDirectory() ? `${path}/` : path
  if (!(await git(tree, ["check-ignore", "--quiet", "--", asked])).ok)
    return "git does not ignore it, so it would count as the agent's work"
  await mkdir(dirname(to), { recursive: true })
  await carry(from, to)
  return undefined
}

/** Where tools keep what they have worked out, as in node_modules: two at once would spoil it. */
const cache = ".cache"

/**
 * A folder of its own with a link for each entry: git still ignores it as a folder, and what an agent
 * adds or removes in it stays its own.
 */
const linkEntries = async (from: string, to: string) => {
  await mkdir(to)
  for (const name of await readdir(from))
    if (name !== cache) await symlink(join(from, name), join(to, name))
}

/** As much as a failure's detail has room for. */
const lastLines = (text: string) => text.trim().split("\n").slice(-5).join("\n").slice(-400)
