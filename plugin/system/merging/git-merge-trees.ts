import { createHash } from "node:crypto"
import { realpath, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import type { MergePlace, MergeTrees } from "../../mesh/merging/merge-trees.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import { entries, statusArgs } from "../worktrees/git-status.ts"
import {
  childEnvironment,
  environmentNames as names,
  userEnvironment,
} from "../mesh-environment.ts"
import { pathsIn } from "../mesh-home.ts"
import { endProcesses, markedProcesses } from "../processes.ts"
import { createMergeGit, longMs, said } from "./merge-git.ts"
import { createMergeTree } from "./merge-tree.ts"
import { unfinishedIn } from "./save-uncommitted.ts"

export interface MergeTreesDeps {
  home: string
  /** As it is at the time of the call. */
  env: () => Record<string, string | undefined>
}

const endMs = 1000

/** Git and checks for bringing branches together, in trees under the mesh home. */
export const createGitMergeTrees = ({ home, env }: MergeTreesDeps): MergeTrees => {
  /** What one merge runs counts as started by an agent: it knows no secrets and acts for nobody. */
  const environmentOf = (markOfPlace: string) => ({
    ...userEnvironment(env()),
    ...childEnvironment(home, { id: markOfPlace, fleetId: "" }, env()),
  })
  const plain = createMergeGit(() => environmentOf(""))

  const at: MergeTrees["at"] = async (directory) => {
    const asked = [
      "rev-parse",
      "--git-common-dir",
      "--show-toplevel",
      "--show-prefix",
      "HEAD^{commit}",
    ]
    const [found, branch] = await Promise.all([
      plain(directory, asked),
      plain(directory, ["symbolic-ref", "--quiet", "--short", "HEAD"]),
    ])
    const [common = "", root = "", prefix = "", commit = ""] = found.stdout.split("\n")
    if (!found.ok || commit === "")
      throw new MeshError(
        "NO_REPOSITORY",
        `${directory} is not in a git working tree with a commit.`,
        "Merge from the project's own directory.",
      )
    return {
      repository: await realpath(resolve(directory, common)),
      commit,
      branch: branch.ok ? branch.stdout.trim() : undefined,
      root,
      subfolder: prefix.replace(/\/$/, ""),
    }
  }

  const open: MergeTrees["open"] = async (place) => {
    const mark = markOf(place)
    const git = createMergeGit(() => environmentOf(mark))
    const end = () => endProcesses(() => markedProcesses([`${names.agent}=${mark}`]), endMs)
    await end()
    // Whoever held them has just been ended.
    for (const branch of [place.branch, place.squashed])
      await rm(join(place.repository, "refs/heads", `${branch}.lock`), { force: true })
    return createMergeTree({ place, git, end, env: () => environmentOf(mark) })
  }

  return {
    at,
    open,
    place: (fleetId, repository) => ({
      repository,
      // No agent's id is a word alone.
      branch: `meshfleet/${fleetId}/merged`,
      squashed: `meshfleet/${fleetId}/squashed`,
      path: join(pathsIn(home).merges, fleetId),
    }),

    async take(directory, commit) {
      const { branch, commit: head } = await at(directory)
      const refuse = (why: string, next: string) =>
        new MeshError("NOT_CLEAN", `${directory} ${why}; nothing was changed.`, next)
      if (branch === undefined)
        throw refuse("has no branch checked out", "Check out the branch it is for.")
      const folder = await said(plain(directory, ["rev-parse", "--absolute-git-dir"]), "rev-parse")
      const act = unfinishedIn(folder)
      if (act !== undefined)
        throw refuse(`is in the middle of a ${act}`, "Finish or abort it first.")
      const status = await plain(directory, [...statusArgs, "--untracked-files=no"])
      const changed = entries(status).map((entry) => entry.slice(3))
      if (!status.ok || changed.length > 0)
        throw refuse(
          `has uncommitted changes (${changed.slice(0, 5).join(", ") || status.complaint})`,
          "Commit or stash them first.",
        )
      const fits = await plain(directory, ["merge-base", "--is-ancestor", head, commit])
      if (!fits.ok)
        throw refuse(
          `has commits on ${branch} that are not in ${commit.slice(0, 12)}`,
          "Merge again.",
        )
      const args = ["merge", "--ff-only", "--no-autostash", "--quiet", commit]
      const taken = await plain(directory, args, { timeoutMs: longMs })
      if (!taken.ok) throw refuse(`could not take it: ${taken.complaint}`, "Move these files away.")
    },
  }
}

/** By which what a merge starts is found. */
const markOf = ({ repository }: MergePlace) =>
  `merge-${createHash("sha256").update(repository).digest("hex").slice(0, 12)}`
