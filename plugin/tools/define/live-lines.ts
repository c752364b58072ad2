import { blockedOn } from "../../mesh/mail/mail-wait.ts"
import type { AgentRow } from "../../mesh/ledger/tables/rows.ts"

/** One line per agent, for the place of a call that waits. */
export const liveLines = (agents: readonly AgentRow[]) => ({
  agents: agents.map((agent) =>
    [agent.name, agent.status, agent.activity, blockedOn(agent) && `waits for ${blockedOn(agent)}`]
      .filter(Boolean)
      .join(" · "),
  ),
})
