/** An agent's life: `queued → starting → running → complete | failed | cancelled`. */
export const agentStatuses = [
  "queued",
  "starting",
  "running",
  "interrupted",
  "complete",
  "failed",
  "cancelled",
] as const
export type AgentStatus = (typeof agentStatuses)[number]

export const fleetStatuses = ["running", "complete", "failed", "cancelled"] as const
export type FleetStatus = (typeof fleetStatuses)[number]

/** Why an agent has no answer. Kept with its result; docs/troubleshooting.md explains each. */
export const failureCodes = [
  "SESSION_ERROR",
  "STREAM_CUT",
  "EMPTY_ANSWER",
  "HOST_LOST",
  "HOST_FAILED",
  "RATE_LIMITED",
  "STALLED",
  "LOOPING",
  "WORKTREE_FAILED",
  "TIMEOUT",
  "BUDGET",
  "CANCELLED",
  "KILLED",
] as const
export type FailureCode = (typeof failureCodes)[number]

export interface Failure {
  code: FailureCode
  detail: string
}

export const isEnded = (status: AgentStatus) =>
  status === "complete" || status === "failed" || status === "cancelled"

/** Has a host of its own right now, and so takes one of `max_parallel` places. */
export const isActive = (status: AgentStatus) => status === "starting" || status === "running"

/** A fleet has ended when every agent has: failed over cancelled over complete. */
export const fleetStatusOf = (agents: readonly AgentStatus[]): FleetStatus => {
  if (agents.some((status) => !isEnded(status))) return "running"
  if (agents.includes("failed")) return "failed"
  return agents.includes("cancelled") ? "cancelled" : "complete"
}

/** "Security Reviewer" → "security-reviewer". Empty roles and pure punctuation become "agent". */
export const nameFromRole = (role: string) =>
  role
    .toLowerCase()
    .normalize("NFKD")
    // Accents of Latin letters fall away; the vowel signs of other scripts belong to their words.
    .replace(/[\u0300-\u036f]+/g, "")
    .normalize("NFKC")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40)
    .replace(/[\ud800-\udbff]$/, "")
    .replace(/-+$/, "") || "agent"

/** The role's name, with `-2`, `-3`… when a fleet already has it. */
export const uniqueName = (wanted: string, taken: ReadonlySet<string>) => {
  if (!taken.has(wanted)) return wanted
  for (let count = 2; ; count++) if (!taken.has(`${wanted}-${count}`)) return `${wanted}-${count}`
}
