import { MeshError } from "../model/errors.ts"
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
  { repository, commit, subfolder, setup }: Origin,
  /** Whether a member brings it: its process may have read settings that an agent wrote. */
  isOfMember: boolean,
): Promise<{ directory: string; branch: string }> => {
  const { directory, path, branch } = worktrees.place(agent.fleet_id, agent.id, subfolder)
  const { id: agent_id, fleet_id } = agent
  const [before] = await worktreesOfFleet(tx, fleet_id)
  const fresh = isOfMember || !setup ? null : JSON.stringify(setup)
  await insertWorktree(tx, {
    agent_id,
    fleet_id,
    repository,
    path,
    branch,
    base: commit,
    setup: before ? before.setup : fresh,
  })
  return { directory, branch }
}

/** In a fleet where everybody has a worktree, whoever joins gets one too. */
export const hasTreesOnly = async (db: Query, fleetId: string) => {
  const trees = (await worktreesOfFleet(db, fleetId)).length
  return trees > 0 && trees === (await agentsOfFleet(db, fleetId)).length
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1024 ** 2)} MB`

/** Refuses trees that would fill the disk, before anything is written. */
export const refuseWithoutDisk = (
  prepared: readonly { origin: Origin | undefined }[],
  reserveBytes: number,
) => {
  const origins = prepared.flatMap(({ origin }) => origin ?? [])
  const needed = origins.reduce((sum, { bytes }) => sum + bytes, 0)
  const free = Math.min(...origins.map(({ freeBytes }) => freeBytes ?? Infinity))
  if (needed + reserveBytes <= free || origins.length === 0) return
  throw new MeshError(
    "LIMIT_REACHED",
    `${origins.length} worktrees take ${megabytes(needed)} and ${megabytes(reserveBytes)} have to stay free (disk_reserve_mb); the disk has ${megabytes(free)} left.`,
    "Make room, take fewer agents, leave worktree out, or move MESHFLEET_HOME to another disk.",
  )
}

/** A worktree begins at the last commit: what the lead has not committed, its agents do not see. */
export const leftOutText = (prepared: readonly { origin: Origin | undefined }[]): string[] => {
  const origins = prepared.flatMap(({ origin }) => origin ?? [])
  const uncommitted = Math.max(0, ...origins.map((origin) => origin.uncommitted))
  return [
    ...(uncommitted > 0
      ? [`Worktrees start from the last commit: ${uncommitted} uncommitted files are not in them.`]
      : []),
    ...(origins.some(({ setup }) => setup === undefined)
      ? [
          "Worktrees hold nothing that git ignores (such as node_modules): agents install what they need, or the setting worktree_setup does.",
        ]
      : []),
  ]
}
