import type { EventDoc } from "./event-doc.ts"

/** Bringing the branches of agents together. */
export const mergeEvents = {
  "branch.saved": {
    when: "what an agent had left uncommitted is committed for it, before its branch is merged",
    of: "agent",
    data: { branch: "of the agent", commit: "that holds it", files: "how many" },
  },
  "branch.merged": {
    when: "an agent's branch is in the fleet's merged branch, and has passed the check, if there is one",
    of: "agent",
    data: { branch: "of the agent", commit: "its newest", into: "the merged branch" },
  },
  "branch.left_out": {
    when: "an agent's branch could not be merged",
    of: "agent",
    data: {
      branch: "of the agent",
      state: "`conflict`, `check_failed`, `unfinished`, `not_approved`, `failed` or `held`",
      files: "in conflict",
      sent_to: "the id of who is to mend it",
      asked: "the ids of those who are asked to approve it",
    },
  },
  "fleet.merged": {
    when: "a merge of a fleet's branches is over",
    of: "fleet",
    data: {
      branch: "that holds them, if any is in",
      commit: "it stands at",
      merged: "how many branches are in",
      left_out: "how many are not",
    },
  },
  "fleet.taken": {
    when: "a person has brought the merged branch into a working tree (`meshfleet merge --apply`)",
    of: "fleet",
    data: { commit: "that was taken", into: "the branch that was checked out there" },
  },
} as const satisfies Record<string, EventDoc>
