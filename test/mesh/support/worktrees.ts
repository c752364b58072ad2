import { MeshError } from "../../../plugin/mesh/model/errors.ts"
import {
  isChanged,
  type TreeWork,
  type Worktrees,
} from "../../../plugin/mesh/worktrees/worktrees.ts"

/** Worktrees of the repository /shop, in memory, as the contract says. `log` tells what was done to them, in order. */
export const createFakeWorktrees = () => {
  const log: string[] = []
  const trees = new Map<string, TreeWork>()
  const failures: string[] = []
  const fail = () => {
    const failure = failures.shift()
    if (failure) throw new Error(failure)
  }
  const port: Worktrees = {
    async locate(directory) {
      if (!directory.startsWith("/shop"))
        throw new MeshError("NO_REPOSITORY", `No worktree: ${directory}.`, "Leave worktree out.")
      return {
        repository: "/shop/.git",
        commit: "c0ffee",
        subfolder: directory.slice("/shop/".length),
        uncommitted: 0,
        setup: undefined,
        bytes: 0,
        freeBytes: undefined,
      }
    },
    place: (fleetId, agentId, subfolder) => ({
      path: `/mesh/${fleetId}/${agentId}`,
      branch: `meshfleet/${fleetId}/${agentId}`,
      directory: `/mesh/${fleetId}/${agentId}${subfolder && `/${subfolder}`}`,
    }),
    async create({ agent_id, state }, directory) {
      log.push(`create ${agent_id} (${state}) ${directory}`)
      fail()
      if (!trees.has(agent_id)) trees.set(agent_id, { commits: 0, uncommitted: 0 })
      return {}
    },
    async inspect({ agent_id }) {
      log.push(`inspect ${agent_id}`)
      fail()
      return trees.get(agent_id)
    },
    async remove({ agent_id, state }) {
      log.push(`remove ${agent_id} (${state})`)
      fail()
      if (state === "ready" || state === "kept") return false
      const work = trees.get(agent_id)
      if (state === "removing" && work && isChanged(work)) return false
      trees.delete(agent_id)
      return true
    },
  }
  return {
    ...port,
    log,
    trees,
    /** The next calls of create, inspect and remove reject. */
    failures,
  }
}
