import { cutTo, wrapTo } from "../../cli/render/render-text.ts"
import { figuresOf, foldedLine, shortAge, sumLine } from "./figures.ts"
import { fit, type Line, span, spread, tame } from "./line.ts"
import type { ShownAgent, ShownFleet, Snapshot } from "./snapshot.ts"
import { byNeed, calm, type Judged, type Standing } from "./standing.ts"

export interface Size {
  columns: number
  rows: number
}

/** More of them are in /fleets; the panel only has to say that somebody waits. */
const mostQuestions = 3
/** Also beside a long conversation in a low window. */
const leastAgents = 3

/** The panel beside a lead's session: what waits for a person, each agent, and the sum. */
export const renderPanel = (snapshot: Snapshot, now: number, { columns, rows }: Size): Line[] => {
  const { fleets, questions } = snapshot
  if (fleets.length === 0) return []
  const asked = questions.slice(0, mostQuestions).flatMap((question) => [
    fit([span("? ", "warn", true), span(`${tame(question.agent)} asks`, "warn", true)], columns),
    // What is at the end of a command decides as often as its beginning.
    ...wrapTo(tame(question.wanted), columns - 2, 3).map((text) => [span(`  ${text}`)]),
  ])
  const hint: Line[] =
    questions.length > 0
      ? [
          spread(
            [span("  type /fleets to answer", "muted")],
            questions.length > mostQuestions
              ? [span(`${questions.length - mostQuestions} more`, "warn")]
              : [],
            columns,
          ),
        ]
      : []
  const boards = fleets.filter(({ fleet }) => fleet.board !== undefined).length
  const above = asked.length + hint.length + boards
  const room = Math.max(leastAgents, rows - above - 2 * fleets.length - 1)
  const shares = shareRows(fleets, room)
  const judged = fleets.map(({ agents }) => byNeed(agents, now))
  return [
    ...asked,
    ...hint,
    ...fleets.flatMap((fleet, index) =>
      renderFleet(fleet, judged[index]!, snapshot.at, now, columns, shares[index]!),
    ),
    fit(sumLine(judged.flat()), columns),
  ]
}

/** Running fleets have what ended ones leave. */
const shareRows = (fleets: readonly ShownFleet[], room: number) => {
  const isRunning = ({ fleet }: ShownFleet) => fleet.status === "running"
  const running = fleets.filter(isRunning).length
  if (running === 0 || running === fleets.length)
    return fleets.map(() => Math.max(leastAgents, Math.floor(room / fleets.length)))
  return fleets.map((fleet) =>
    isRunning(fleet) ? Math.max(leastAgents, Math.floor(room / running)) : 1,
  )
}

const renderFleet = (
  { fleet }: ShownFleet,
  sorted: readonly Judged[],
  lookedAt: number,
  now: number,
  columns: number,
  rows: number,
): Line[] => {
  const endedAt = fleet.completed_at === undefined ? now : Date.parse(fleet.completed_at)
  const head = spread(
    [span(tame(fleet.name), "text", true)],
    [
      span(
        `${fleet.status === "running" ? "" : `${fleet.status} `}${shortAge(endedAt - Date.parse(fleet.created_at))}`,
        fleet.status === "failed" ? "bad" : "muted",
      ),
    ],
    columns,
  )
  // Two lines say what an agent does in full; a crowd gets one each, but for who is in trouble.
  const isCrowd = sorted.reduce((sum, { standing }) => sum + (hasMore(standing) ? 2 : 1), 0) > rows
  const shown: Line[] = []
  let folded = sorted.length
  for (const { agent, standing } of sorted) {
    const lines = renderAgent(agent, standing, lookedAt, now, columns, isCrowd)
    const isLast = folded === 1
    if (shown.length + lines.length > (isLast ? rows : rows - 1) && shown.length > 0) break
    shown.push(...lines)
    folded--
  }
  const rest = sorted.slice(sorted.length - folded).map(({ standing }) => standing)
  return [
    head,
    ...boardLine(fleet, columns),
    ...shown,
    ...(rest.length > 0 ? [fit(foldedLine(rest), columns)] : []),
  ]
}

const boardLine = ({ board }: ShownFleet["fleet"], columns: number): Line[] =>
  board === undefined ? [] : [fit([span(`tasks: ${board}`, "muted")], columns)]

const hasMore = ({ need, doing }: Standing) => doing !== "" && need <= calm + 1

const renderAgent = (
  agent: ShownAgent,
  standing: Standing,
  lookedAt: number,
  now: number,
  columns: number,
  isCrowd: boolean,
): Line[] => {
  const { age, tokens, cost, unread } = figuresOf(agent, lookedAt, now)
  const isTrouble = standing.need < calm
  const isTwo = hasMore(standing) && (isTrouble || !isCrowd)
  const figures = (isTwo || !hasMore(standing) ? [age, tokens, cost, unread] : [age, unread])
    .filter(Boolean)
    .join(" ")
  const name = tame(agent.name)
  const left: Line = [
    span(`${standing.mark} `, standing.tone, isTrouble),
    ...(isTwo
      ? [span(name)]
      : [
          span(cutTo(name, Math.floor(columns / 2))),
          ...(standing.doing ? [span(` ${standing.doing}`, "muted")] : []),
        ]),
  ]
  const first = spread(left, figures ? [span(figures, "muted")] : [], columns)
  if (!isTwo) return [first]
  // Who asks has its words on top already.
  const why =
    standing.state === "asks"
      ? "waits for your answer"
      : `${standing.state === "works" ? "" : `${standing.state}: `}${standing.doing}`
  return [first, fit([span(`  ${why}`, isTrouble ? standing.tone : "muted")], columns)]
}
