import { sep } from "node:path"
import { createGit, type Git } from "../git.ts"
import { childEnvironment } from "../mesh-environment.ts"
import { pathsIn } from "../mesh-home.ts"

type Variables = Record<string, string>

/**
 * Who commits in an agent's worktree where git knows nobody: it is told to commit, and may not write git's
 * configuration. Where the person has an identity, theirs stays. Asks git once for each agent.
 */
export const createCommitAuthor = (git: Git, worktrees: string) => {
  const known = new Map<string, Promise<Variables>>()
  const ask = async (agentId: string, directory: string): Promise<Variables> => {
    // Fails where a commit would, too.
    if ((await git(directory, ["var", "GIT_AUTHOR_IDENT"])).ok) return {}
    const [name, email] = [`${agentId} (Meshfleet)`, `${agentId}@meshfleet.invalid`]
    return {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    }
  }
  return (agentId: string, directory: string): Promise<Variables> => {
    if (!directory.startsWith(`${worktrees}${sep}`)) return Promise.resolve({})
    const found = known.get(agentId) ?? ask(agentId, directory)
    known.set(agentId, found)
    return found
  }
}

/** With the person's own git, which an agent may have written the repository of: it gets no secret of a host. */
export const commitAuthorIn = (home: string, env = process.env) =>
  createCommitAuthor(
    createGit(() => ({ ...env, ...childEnvironment(home, { id: "", fleetId: "" }, env) })),
    pathsIn(home).worktrees,
  )
