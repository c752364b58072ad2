import { mkdir, readFile, realpath, rm, stat } from "node:fs/promises"
import { mkdirSync, realpathSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { MeshError } from "../mesh/model/errors.ts"
import type { WorktreeRow } from "../mesh/ledger/tables/rows.ts"
import { parseSetup, type TreeSetup } from "../mesh/worktrees/tree-setup.ts"
import { isChanged, type TreeWork, type Worktrees } from "../mesh/worktrees/worktrees.ts"
import { globalConfigDirectory } from "./config-files.ts"
import { createGit } from "./git.ts"
import { freeDiskBytes } from "./machine.ts"
import { pathsIn } from "./mesh-home.ts"
import { childEnvironment, environmentNames as names, userEnvironment } from "./mesh-environment.ts"
import { endProcesses, markedProcesses } from "./processes.ts"
import { configOfTree, makeTreeConfig } from "./worktree-config.ts"
import { setUpOnce, setupOfTree } from "./worktrees/set-up-tree.ts"
import { filledSubmodules, fillSubmodules, holdsOwnCommits } from "./worktrees/submodules.ts"
import { configPathOf } from "./schema-line.ts"
import { entries, line, restorableIn, statusArgs } from "./worktrees/git-status.ts"
import { checkoutBytes } from "./worktrees/tree-size.ts"

export interface GitWorktreesDeps {
  home: string
  /** As it is at the time of the call: a host changes its own after it has started. */
  env: () => Record<string, string | undefined>
  /** For trees that are asked for here. */
  setup?: TreeSetup | undefined
  /** Disk space that no new tree may take. */
  reserveBytes?: number
}

/** A checkout of a repository of several gigabytes, with the person's own hooks. */
const createMs = 600_000
const endMs = 1000

/** Git worktrees under the mesh home, by the person's own git. */
export const createGitWorktrees = (deps: GitWorktreesDeps): Worktrees => {
  const { home, env, setup, reserveBytes = 0 } = deps
  /**
   * Repositories have hooks and filters, and an agent could have put them there: what they start
   * counts as its agent's child, and knows nothing of a host's secrets.
   */
  const shellOf = (agent: { id: string; fleetId: string }) => ({
    ...env(),
    ...childEnvironment(home, agent, env()),
  })
  const gitFor = (agent: { id: string; fleetId: string }) => createGit(() => shellOf(agent))
  const git = gitFor({ id: "", fleetId: "" })

  const locate: Worktrees["locate"] = async (directory) => {
    // One after the other: each fails for a reason of its own.
    const top = await git(directory, ["rev-parse", "--show-toplevel"])
    if (!top.ok) throw noRepository(directory, `is not in a git working tree: ${top.complaint}`)
    const head = await git(directory, ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    if (!head.ok) throw noRepository(directory, "is in a git repository without a commit")
    const [common, prefix, status, bytes] = await Promise.all([
      git(directory, ["rev-parse", "--git-common-dir"]),
      git(directory, ["rev-parse", "--show-prefix"]),
      git(directory, statusArgs),
      checkoutBytes(git, line(top)),
    ])
    return {
      // Relative to where git was asked.
      repository: await realpath(resolve(directory, line(common))),
      commit: line(head),
      subfolder: line(prefix).replace(/\/$/, ""),
      uncommitted: entries(status).length,
      setup,
      bytes,
      freeBytes: freeDiskBytes(treesFolder()),
    }
  }

  const treesFolder = () => {
    const folder = pathsIn(home).worktrees
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return realpathSync(folder)
  }

  /** Made by git in full, and of this repository. */
  const isComplete = async (tree: WorktreeRow) => {
    if (!(await exists(join(tree.path, ".git")))) return false
    const [own, common] = await Promise.all([
      git(tree.path, ["rev-parse", "--absolute-git-dir"]),
      git(tree.path, ["rev-parse", "--git-common-dir"]),
    ])
    if (!own.ok || !common.ok) return false
    const repository = await realpath(resolve(tree.path, line(common))).catch(() => "")
    if (repository !== tree.repository) return false
    // Git's own mark for a tree it has not finished.
    const lock = await readFile(join(line(own), "locked"), "utf8").catch(() => "")
    return lock.trim() !== "initializing"
  }

  const branchCommit = async ({ repository, branch }: WorktreeRow) => {
    const found = await git(repository, [
      "rev-parse",
      "--verify",
      "--quiet",
      `refs/heads/${branch}`,
    ])
    return found.ok ? line(found) : undefined
  }

  /** A git that its dead supervisor left would go on writing into what we clear. */
  const clear = async (tree: WorktreeRow) => {
    await endProcesses(() => markedProcesses([markOf(tree)]), endMs)
    // Forced twice: git locks what it has not finished.
    await git(tree.repository, ["worktree", "remove", "--force", "--force", tree.path])
    await rm(tree.path, { recursive: true, force: true, maxRetries: 3 })
    await removeBeside(tree)
    await git(tree.repository, ["worktree", "prune"])
  }

  const add = async (tree: WorktreeRow) => {
    const to =
      (await branchCommit(tree)) === undefined
        ? ["-b", tree.branch, tree.path, tree.base]
        : [tree.path, tree.branch]
    const marked = gitFor(ownerOf(tree))
    return marked(tree.repository, ["worktree", "add", ...to], createMs)
  }

  const create: Worktrees["create"] = async (tree, directory, project) => {
    await mkdir(dirname(tree.path), { recursive: true, mode: 0o700 })
    // A tree that was being removed is finished first: half of one looks like a whole one.
    if (tree.state === "removing") await remove(tree)
    if (!(await isComplete(tree))) {
      if (tree.state !== "kept") await clear(tree)
      else if (await exists(tree.path))
        throw new Error(`${tree.path} is there, but is no worktree of ${tree.repository}`)
      else await git(tree.repository, ["worktree", "prune"])
      await removeBeside(tree)
      await refuseFullDisk(project)
      const added = await add(tree)
      if (!added.ok) throw new Error(`git worktree add: ${added.complaint}`)
    }
    // A folder without a committed file is not in a checkout.
    await mkdir(directory, { recursive: true })
    const top = await git(project, ["rev-parse", "--show-toplevel"])
    if (!top.ok) return {}
    await configure(tree, directory, line(top))
    const left = await fillSubmodules(gitFor(ownerOf(tree)), line(top), tree.path)
    const made = await setUpOnce(parseSetup(tree.setup), {
      git,
      project: line(top),
      tree: tree.path,
      directory,
      env: shellOf(ownerOf(tree)),
      end: () => endProcesses(() => markedProcesses([markOf(tree)]), endMs),
    })
    const leftOut = [...left, ...(made.leftOut ?? [])]
    return { ...made, ...(leftOut.length > 0 && { leftOut }) }
  }

  const refuseFullDisk = async (project: string) => {
    const top = await git(project, ["rev-parse", "--show-toplevel"])
    const [bytes, free] = [await checkoutBytes(git, line(top)), freeDiskBytes(treesFolder())]
    if (free === undefined || free >= bytes + reserveBytes) return
    throw new Error(
      `it takes ${bytes} bytes and ${reserveBytes} have to stay free (disk_reserve_mb); the disk has ${free} left`,
    )
  }

  /** The same folder of the working tree the fleet was spawned from. */
  const configure = async (tree: WorktreeRow, directory: string, project: string) => {
    const users = userEnvironment(env())
    await makeTreeConfig({
      project,
      tree: tree.path,
      subfolder: relative(tree.path, directory),
      global: globalConfigDirectory(users),
      env: users,
    })
  }

  /** Of the tree's HEAD and of its branch, which its agent may have left. */
  const countCommits = async (tree: WorktreeRow) => {
    const branch = await branchCommit(tree)
    const tips = (await exists(tree.path)) ? ["HEAD", branch] : [branch]
    const from = tips.filter((tip) => tip !== undefined)
    if (from.length === 0) return 0
    const where = tips.length > 1 ? tree.path : tree.repository
    const counted = await git(where, ["rev-list", "--count", ...from, `^${tree.base}`])
    if (!counted.ok) throw new Error(`git rev-list: ${counted.complaint}`)
    return Number(line(counted))
  }

  const look = async (tree: WorktreeRow) => {
    if (!(await exists(join(tree.path, ".git")))) return undefined
    const [status, commits] = await Promise.all([git(tree.path, statusArgs), countCommits(tree)])
    if (!status.ok) throw new Error(`git status: ${status.complaint}`)
    const all = entries(status)
    const restorable = await restorableIn(git, tree.path, all)
    const files = all.filter((entry) => !restorable.includes(configPathOf(entry) ?? ""))
    return { commits, files, restorable }
  }

  const inspect: Worktrees["inspect"] = async (tree): Promise<TreeWork | undefined> => {
    const seen = await look(tree)
    return seen && { commits: seen.commits, uncommitted: seen.files.length }
  }

  const removeTree = async (tree: WorktreeRow) => {
    const seen = await look(tree)
    // What lies there without git's file is what a removal left that was cut short.
    if (!seen) return clear(tree).then(() => true)
    const isHalfGone = seen.files.length > 0 && seen.files.every((each) => each.startsWith(" D "))
    const uncommitted = isHalfGone ? 0 : seen.files.length
    if (isChanged({ commits: seen.commits, uncommitted })) return false
    if (seen.restorable.length > 0)
      await git(tree.path, ["checkout", "--quiet", "--", ...seen.restorable])
    if (!isHalfGone && (await holdsOwnCommits(git, tree.path))) return false
    // Without force git looks once more by itself; of a tree with submodules it removes none.
    const isForced = isHalfGone || (await filledSubmodules(git, tree.path)).length > 0
    const force = isForced ? ["--force"] : []
    const removed = await git(tree.repository, ["worktree", "remove", ...force, tree.path])
    if (!removed.ok) throw new Error(`git worktree remove: ${removed.complaint}`)
    await removeBeside(tree)
    return true
  }

  const remove: Worktrees["remove"] = async (tree) => {
    if (tree.state === "removing") {
      if (!(await removeTree(tree))) return false
    } else if (tree.state === "wanted" || tree.state === "removed") await clear(tree)
    else return false
    const tip = await branchCommit(tree)
    if (tip === undefined) return true
    if ((await countCommits(tree)) > 0) return false
    // With the commit it was seen at: what came meanwhile stays.
    const deleted = await git(tree.repository, [
      "update-ref",
      "-d",
      `refs/heads/${tree.branch}`,
      tip,
    ])
    return deleted.ok
  }

  return {
    locate,
    place(fleetId, agentId, subfolder) {
      const path = join(treesFolder(), fleetId, agentId)
      return {
        path,
        branch: `meshfleet/${fleetId}/${agentId}`,
        directory: join(path, subfolder),
      }
    },
    create,
    inspect,
    remove,
  }
}

const ownerOf = ({ agent_id, fleet_id }: WorktreeRow) => ({ id: agent_id, fleetId: fleet_id })

const removeBeside = async ({ path }: WorktreeRow) => {
  await rm(dirname(configOfTree(path)), { recursive: true, force: true })
  await rm(setupOfTree(path), { recursive: true, force: true })
}

const markOf = ({ agent_id }: WorktreeRow) => `${names.agent}=${agent_id}`

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

const noRepository = (directory: string, why: string) =>
  new MeshError(
    "NO_REPOSITORY",
    `No worktree can be made: ${directory} ${why}.`,
    "Leave worktree out, or name a directory inside a git repository that has a commit.",
  )
