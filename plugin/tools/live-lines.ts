import type { AgentRow } from "../mesh/ledger/rows.ts"

/** One line per agent, for the place of a call that waits. */
export const liveLines = (agents: readonly AgentRow[]) => ({
  agents: agents.map((agent) =>
    [agent.name, agent.status, agent.activity, agent.blocked_on && `waits for ${agent.blocked_on}`]
      .filter(Boolean)
      .join(" · "),
  ),
})
