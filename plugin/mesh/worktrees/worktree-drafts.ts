import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { insertWorktree, worktreesOfFleet } from "../ledger/tables/worktrees.ts"
import type { Origin, Worktrees } from "./worktrees.ts"

/** Where the worktrees of a call come from: one look per directory, and none unless one is wanted. */
export const createOrigins = (worktrees: Pick<Worktrees, "locate">) => {
  const origins = new Map<string, Promise<Origin>>()
  return async (isWanted: boolean | undefined, directory: string): Promise<Origin | undefined> => {
    if (!isWanted) return undefined
    let origin = origins.get(directory)
    if (!origin) origins.set(directory, (origin = worktrees.locate(directory)))
    return origin
  }
}

/** Notes the worktree of an agent. Returns the directory its session will have. */
export const noteWorktree = async (
  tx: Tx,
  worktrees: Pick<Worktrees, "place">,
  agent: { id: string; fleet_id: string },
  { repository, commit, subfolder }: Origin,
): Promise<string> => {
  const { directory, path, branch } = worktrees.place(agent.fleet_id, agent.id, subfolder)
  const { id: agent_id, fleet_id } = agent
  await insertWorktree(tx, { agent_id, fleet_id, repository, path, branch, base: commit })
  return directory
}

/** In a fleet where everybody has a worktree, whoever joins gets one too. */
export const hasTreesOnly = async (db: Query, fleetId: string) => {
  const trees = (await worktreesOfFleet(db, fleetId)).length
  return trees > 0 && trees === (await agentsOfFleet(db, fleetId)).length
}

/** A worktree begins at the last commit: what the lead has not committed, its agents do not see. */
export const describeLeftOut = (prepared: readonly { origin: Origin | undefined }[]) => {
  const uncommitted = Math.max(0, ...prepared.map(({ origin }) => origin?.uncommitted ?? 0))
  return uncommitted === 0
    ? {}
    : {
        note: `Worktrees start from the last commit: ${uncommitted} uncommitted files are not in them.`,
      }
}
