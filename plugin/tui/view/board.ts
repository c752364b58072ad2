import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import { widthOf } from "../../cli/render/render-text.ts"
import { figuresOf, shortAge, sumLine } from "./figures.ts"
import { cell, cellRight, fit, type Line, span, spread, tame } from "./line.ts"
import type { ShownAgent, ShownFleet, Snapshot } from "./snapshot.ts"
import { byNeed, type Judged, type Standing } from "./standing.ts"

/** One line of /fleets, and what its keys act on. The line is made when it is shown: most are not. */
export type BoardRow = { key: string; readonly line: Line } & (
  | { kind: "heading" }
  | { kind: "question"; question: OpenQuestion }
  | { kind: "fleet"; fleet: ShownFleet; judged: readonly Judged[] }
  | { kind: "agent"; fleet: ShownFleet; agent: ShownAgent; standing: Standing }
)

export interface BoardOptions {
  columns: number
  /** Ended fleets whose agents are shown, and running ones whose agents are not. */
  toggled: ReadonlySet<string>
}

const longestName = 24
const state = 9

/** All of /fleets: questions first, then fleets with those in front who need somebody. */
export const boardRows = (
  { at: lookedAt, fleets, questions }: Snapshot,
  now: number,
  { columns, toggled }: BoardOptions,
): BoardRow[] => {
  const names = Math.min(
    longestName,
    Math.max(8, ...fleets.flatMap(({ agents }) => agents.map(({ name }) => widthOf(tame(name))))),
  )
  const asked = questions.map((question) => ({
    kind: "question" as const,
    key: question.question_id,
    question,
    line: questionLine(question, now, columns),
  }))
  return [
    ...(asked.length > 0
      ? [heading("Waiting for you", "warn"), ...asked, heading("", "muted")]
      : []),
    ...fleets.flatMap((fleet, index) => rowsOf(fleet, index)),
  ]

  function rowsOf(fleet: ShownFleet, index: number): BoardRow[] {
    const open = isOpen(fleet, toggled)
    const judged = byNeed(fleet.agents, now)
    return [
      ...(index > 0 && open ? [heading("", "muted", fleet.fleet.fleet_id)] : []),
      {
        kind: "fleet",
        key: fleet.fleet.fleet_id,
        fleet,
        judged,
        line: fleetLine(fleet, judged, now, columns, open),
      },
      ...(open ? judged : []).map(({ agent, standing }): BoardRow => ({
        kind: "agent",
        key: agent.agent_id,
        fleet,
        agent,
        standing,
        get line() {
          return agentLine(agent, standing, lookedAt, now, columns, names)
        },
      })),
    ]
  }
}

const heading = (text: string, tone: "warn" | "muted", of = text): BoardRow => ({
  kind: "heading",
  key: `heading ${of}`,
  line: text ? [span(text, tone, true)] : [],
})

const isOpen = ({ fleet }: ShownFleet, toggled: ReadonlySet<string>) =>
  (fleet.status === "running") !== toggled.has(fleet.fleet_id)

const questionLine = (question: OpenQuestion, now: number, columns: number) =>
  spread(
    [
      span("? ", "warn", true),
      span(`${tame(question.agent)}  `, "text", true),
      span(tame(question.wanted)),
    ],
    [span(`${shortAge(Date.parse(question.deadline_at) - now)} left to answer `, "muted")],
    columns,
  )

const fleetLine = (
  { fleet }: ShownFleet,
  judged: readonly Judged[],
  now: number,
  columns: number,
  open: boolean,
) => {
  const endedAt = fleet.completed_at === undefined ? now : Date.parse(fleet.completed_at)
  const took = shortAge(endedAt - Date.parse(fleet.created_at))
  const ago = fleet.completed_at === undefined ? "" : `, ${shortAge(now - endedAt)} ago`
  return spread(
    [
      span(open ? "▾ " : "▸ ", "muted"),
      span(tame(fleet.name), fleet.status === "failed" ? "bad" : "text", true),
      span("  "),
      ...sumLine(judged),
      ...(fleet.board === undefined ? [] : [span(` · tasks: ${fleet.board}`, "muted")]),
    ],
    [span(`${fleet.status} ${took}${ago}  ${fleet.fleet_id} `, "muted")],
    columns,
  )
}

const agentLine = (
  agent: ShownAgent,
  standing: Standing,
  lookedAt: number,
  now: number,
  columns: number,
  names: number,
) => {
  const { age, tokens, cost, unread } = figuresOf(agent, lookedAt, now)
  const isWide = columns >= 90
  return fit(
    [
      span(`  ${standing.mark} `, standing.tone, true),
      span(cell(tame(agent.name), names)),
      span(` ${cell(standing.state, state)}`, standing.tone),
      span(
        [
          cellRight(age, 4),
          ...(isWide ? [cellRight(tokens, 6), cellRight(cost, 7)] : []),
          cellRight(unread, 4),
        ].join(" "),
        "muted",
      ),
      span(`  ${standing.doing}`, standing.need < 5 ? standing.tone : "text"),
    ],
    columns,
  )
}

/** The nearest row that keys can act on; the one that was chosen, as long as it is there. */
export const chosenRow = (rows: readonly BoardRow[], key: string | undefined, near: number) => {
  const found = rows.findIndex((row) => row.key === key && row.kind !== "heading")
  if (found >= 0) return found
  const items = rows.flatMap((row, index) => (row.kind === "heading" ? [] : [index]))
  return items.find((index) => index >= near) ?? items.at(-1) ?? -1
}

/** So many rows further among those that can be chosen; stays at the ends. */
export const moveChoice = (rows: readonly BoardRow[], from: number, by: number) => {
  const items = rows.flatMap((row, index) => (row.kind === "heading" ? [] : [index]))
  const at = Math.max(0, items.indexOf(from))
  return items[Math.min(items.length - 1, Math.max(0, at + by))] ?? -1
}

/** The first row that is shown: the chosen one stays in sight, and the list does not jump. */
export const scrollTo = (top: number, chosen: number, count: number, height: number) => {
  const last = Math.max(0, count - height)
  // The heading above the first row belongs to it.
  if (chosen <= 1) return 0
  if (chosen < top) return chosen
  if (chosen >= top + height) return Math.min(last, chosen - height + 1)
  return Math.min(top, last)
}
