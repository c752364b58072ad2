import type { describeFleet } from "../../mesh/fleets/fleet-status.ts"
import type { OpenQuestion } from "../../mesh/questions/questions.ts"

type Described = Awaited<ReturnType<typeof describeFleet>>

export type ShownAgent = Described["agents"][number] & { session_id: string | null }

/** One fleet as a view shows it. */
export interface ShownFleet {
  fleet: Described["fleet"]
  leadSession: string
  agents: readonly ShownAgent[]
}

/** What the ledger held at one instant. */
export interface Snapshot {
  at: number
  /** In the order in which they are shown. */
  fleets: readonly ShownFleet[]
  /** Those of these fleets, oldest first. */
  questions: readonly OpenQuestion[]
}

/** How old an agent is now: it goes on ageing between two looks into the ledger. */
export const ageAt = (
  agent: Pick<ShownAgent, "status" | "age_ms">,
  lookedAt: number,
  now: number,
) => (ended.has(agent.status) ? agent.age_ms : agent.age_ms + Math.max(0, now - lookedAt))

const ended = new Set(["complete", "failed", "cancelled"])
