import { blockedOn } from "../../mesh/mail/mail-wait.ts"
import type { AgentRow, FleetRow } from "../../mesh/ledger/tables/rows.ts"
import { isEnded } from "../../mesh/model/agent.ts"

/** One line per agent, for the place of a call that waits. */
export const liveLines = (agents: readonly AgentRow[]) => ({
  agents: agents.map((agent) =>
    [agent.name, agent.status, agent.activity, blockedOn(agent) && `waits for ${blockedOn(agent)}`]
      .filter(Boolean)
      .join(" · "),
  ),
})

/** As many as a title has room for. */
const mostNamed = 3

/** "shop: 1 of 3 done; mapper: tool bash, maker waits for bash git push": who is still at work, on what. */
export const waitingTitle = (fleet: Pick<FleetRow, "name">, agents: readonly AgentRow[]) => {
  const open = agents.filter((agent) => !isEnded(agent.status))
  const named = open
    // Those that wait for somebody first: that is what a person can help with.
    .toSorted((a, b) => Number(blockedOn(b) !== null) - Number(blockedOn(a) !== null))
    .slice(0, mostNamed)
    .map((agent) =>
      blockedOn(agent)
        ? `${agent.name} waits for ${blockedOn(agent)}`
        : `${agent.name}: ${agent.status === "running" ? (agent.activity ?? "at work") : agent.status}`,
    )
  const more = open.length > named.length ? [`${open.length - named.length} more`] : []
  const done = `${fleet.name}: ${agents.length - open.length} of ${agents.length} done`
  return named.length === 0 ? done : `${done}; ${[...named, ...more].join(", ")}`
}

/** "1 agent", "3 agents". */
export const several = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`

/** "2 complete, 1 failed", in the order in which they first come. */
export const countByStatus = (agents: readonly { status: string }[]) =>
  [...Map.groupBy(agents, ({ status }) => status)]
    .map(([status, { length }]) => `${length} ${status}`)
    .join(", ")
