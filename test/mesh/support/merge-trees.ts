import type { MergeTrees } from "../../../plugin/mesh/merging/merge-trees.ts"

/** A repository in which nobody has made anything. Git itself is tried over real repositories. */
export const createFakeMergeTrees = (): MergeTrees => ({
  at: async (directory) => ({
    repository: `${directory}/.git`,
    commit: "c0ffee",
    branch: "main",
    root: directory,
    subfolder: "",
  }),
  place: (fleetId, repository) => ({
    repository,
    branch: `meshfleet/${fleetId}/merged`,
    squashed: `meshfleet/${fleetId}/squashed`,
    path: `/mesh/merges/${fleetId}`,
  }),
  open: async () => ({
    tips: async () => ({ merged: undefined, squashed: undefined }),
    save: async () => ({ files: 0 }),
    tipsOf: async () => [],
    isIn: async () => true,
    hasSameFiles: async () => true,
    changed: async () => [],
    startAt: async () => undefined,
    join: async (commit) => ({ commit }),
    tie: async (commit) => commit,
    check: async () => ({ ok: true, output: "" }),
    advance: async () => undefined,
    squash: async (_, to) => to,
    remove: async () => undefined,
  }),
  take: async () => undefined,
})
