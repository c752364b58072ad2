import { type FleetStatus, renderAgents, renderFleetHead } from "../render/render-fleet.ts"
import { cutTo, oneLine } from "../render/render-text.ts"
import { span, type Style, type StyledLine } from "../render/styled.ts"
import { type Ranked, rank } from "./attention.ts"

/** The same colour for the same state in every view: red failed, yellow needs somebody, green at work. */
export const styleOf = ({ agent, attention }: Ranked): Style[] => {
  if (attention?.isUrgent) return [agent.status === "failed" ? "red" : "yellow"]
  if (agent.status === "running") return ["green"]
  return agent.status === "starting" ? [] : ["dim"]
}

/** Who needs somebody and why, then everybody in that order. */
export const renderStanding = (status: FleetStatus, at: number, width = Infinity): StyledLine[] => {
  const ranked = rank(status.agents, at)
  const [titles = "", ...rows] = renderAgents(
    ranked.map(({ agent }) => agent),
    at,
    width,
  )
  return [
    [span(cutTo(renderFleetHead(status, at), width), "bold")],
    ...ranked.flatMap(({ agent, attention }): StyledLine[] =>
      attention
        ? [
            [
              span(`! ${oneLine(agent.name)} `, "bold"),
              span(attention.why, attention.isUrgent ? "yellow" : "dim"),
            ],
          ]
        : [],
    ),
    [span(titles, "dim")],
    ...rows.map((row, index): StyledLine => [span(row, ...styleOf(ranked[index]!))]),
  ]
}
