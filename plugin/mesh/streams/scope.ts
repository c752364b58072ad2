/** What one token reads. */
export type StreamScope =
  /** The mail of one recipient: an agent, or the lead of one fleet. */
  | { kind: "inbox"; recipient: string }
  /** The mail of all fleets that a session leads, as its `get_inbox` shows it. */
  | { kind: "lead"; session: string }
  /** The history of a project's fleets. */
  | { kind: "project"; project: string }

/** Where a server has it; two scopes with different readers never share a token. */
export const pathOf = (scope: StreamScope) => {
  switch (scope.kind) {
    case "inbox":
      return `/inbox/${encodeURIComponent(scope.recipient)}`
    case "lead":
      return `/inbox/${encodeURIComponent(`lead:${scope.session}`)}`
    case "project":
      return "/events"
  }
}

/** Equal scopes have equal keys. */
export const keyOf = (scope: StreamScope) =>
  scope.kind === "project" ? `project ${scope.project}` : pathOf(scope)
