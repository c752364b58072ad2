import type { Snapshot } from "./snapshot.ts"

/**
 * What a person has to see soon: who is there, how each stands, who asks, and whether a process is gone or
 * silent. What an agent does now, its tokens and its mail may wait a little. Two snapshots with the same
 * text differ in nothing else.
 */
export const urgencyOf = ({ fleets, questions }: Snapshot): string =>
  JSON.stringify([
    questions.map(({ question_id }) => question_id),
    fleets.map(({ fleet, agents }) => [
      fleet.fleet_id,
      fleet.status,
      agents.map((agent) => [
        agent.agent_id,
        agent.status,
        agent.host_alive,
        agent.silent_ms !== undefined,
        agent.blocked_on ?? "",
        agent.rest !== undefined,
      ]),
    ]),
  ])
