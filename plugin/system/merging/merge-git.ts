import { createGit } from "../git.ts"

/**
 * Whatever a person's configuration says: no hooks, nobody is asked for a signature, nothing is stashed,
 * recorded or packed along the way, and submodules stay as they are.
 */
const settings = {
  "core.hooksPath": "/dev/null",
  "commit.gpgSign": "false",
  "merge.autoStash": "false",
  "merge.verifySignatures": "false",
  "rerere.enabled": "false",
  "submodule.recurse": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
  "advice.detachedHead": "false",
}

/** A checkout or a merge of several gigabytes. */
export const longMs = 600_000

const us = { name: "Meshfleet", email: "meshfleet@localhost" }

export type RunGit = (
  directory: string,
  args: readonly string[],
  more?: { own?: Record<string, string>; timeoutMs?: number },
) => Promise<{ ok: boolean; stdout: string; complaint: string }>

/** Git as Meshfleet itself runs it. It outlives a signal to our group, so that it ends what it began. */
export const createMergeGit =
  (env: () => Record<string, string | undefined>): RunGit =>
  (directory, args, { own = {}, timeoutMs } = {}) =>
    createGit(env, { own: { ...committer, ...own }, detached: true })(
      directory,
      [...configured, ...args],
      timeoutMs,
    )

const configured = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])

const committer = {
  GIT_AUTHOR_NAME: us.name,
  GIT_AUTHOR_EMAIL: us.email,
  GIT_COMMITTER_NAME: us.name,
  GIT_COMMITTER_EMAIL: us.email,
}

/** Its output, or an Error with git's words. */
export const said = async (result: ReturnType<RunGit>, act: string): Promise<string> => {
  const { ok, stdout, complaint } = await result
  if (!ok) throw new Error(`git ${act}: ${complaint}`)
  return stdout.replace(/\r?\n$/, "")
}
