import type { EventDoc } from "./event-doc.ts"

const tree = { path: "of the worktree", branch: "its branch" }

/** Where agents work: hosts, providers, worktrees and files. */
export const hostEvents = {
  "provider.limited": {
    when: "a provider refuses a request because of its rate limit, so that it rests for all fleets",
    of: "agent",
    data: {
      provider: "as in provider/model",
      rest_ms: "how long it rests",
      reason: "the provider's words",
    },
  },
  "provider.rest_ended": {
    when: "it answers this agent after a rest, or a person lifts the rest (then of no fleet)",
    of: "agent",
    data: {
      provider: "as in provider/model",
      rested_ms: "since it was limited",
      by: "`answer` or `person`",
    },
  },
  "worktree.created": {
    when: "the agent's worktree is ready",
    of: "agent",
    data: {
      ...tree,
      setup_ms: "what its command took; absent where there was none",
      left_out: "what was to be in it and is not, each with the reason; absent where nothing is",
    },
  },
  "worktree.kept": {
    when: "the fleet has ended and the worktree holds work, or git cannot tell",
    of: "agent",
    data: {
      ...tree,
      commits: "made since it was created",
      uncommitted: "files changed or added; both are missing if git cannot tell",
    },
  },
  "worktree.removed": {
    when: "the fleet has ended and the worktree holds no work",
    of: "agent",
    data: tree,
  },
  "file.conflict": {
    when: "the agent edits a file that another agent changed since it last read it",
    of: "agent",
    data: {
      path: "absolute",
      peer: "id of the other agent",
      changed_ms_ago: "how long ago the other agent changed it",
    },
  },
  "host.starting": {
    when: "a host process is about to be started",
    of: "fleet",
    data: { host_id: "the host" },
  },
  "host.ready": {
    when: "the host answers and takes agents",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process" },
  },
  "host.dismissed": {
    when: "an idle host is sent away, since others need its memory",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process", cause: "why" },
  },
  "host.ended": {
    when: "the host ends",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process, or `null`", cause: "why" },
  },
  "host.lost": {
    when: "the host dies, goes silent, or cannot be started",
    of: "fleet",
    data: { host_id: "the host", pid: "of its process, or `null`", cause: "why" },
  },
} as const satisfies Record<string, EventDoc>
