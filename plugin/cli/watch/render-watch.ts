import type { ToldEvent } from "../../mesh/streams/history.ts"
import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import type { AgentLog } from "../mesh/read-log.ts"
import {
  type FleetStatus,
  renderAgents,
  renderFleetHead,
  standingOf,
} from "../render/render-fleet.ts"
import { renderEvent } from "../render/render-event.ts"
import { renderLogEntry } from "../render/render-log.ts"
import { cutTo, oneLine, widthOf, wrapTo } from "../render/render-text.ts"
import { span, spansOf, type Style, type StyledLine, textOf } from "../render/styled.ts"
import { helpOf, type Ranked, rank } from "./attention.ts"
import { styleOf } from "./render-standing.ts"
import { selectedOf, type WatchState } from "./watch-state.ts"

/** What there is to show, as of one look. */
export interface WatchModel {
  status: FleetStatus
  events: readonly ToldEvent[]
  questions: readonly OpenQuestion[]
  /** Proposals that wait for the person's vote. */
  votes: readonly { message_id: string; subject: string }[]
  /** Of the agent whose page is open. */
  log: AgentLog | undefined
}

export interface Size {
  columns: number
  rows: number
}

/** The strip names as many as leave room for the agents. */
const mostNamed = 4
const leastHistory = 3
const mostHistory = 16

/** Every row of the screen: pure, and never wider or higher than the screen. */
export const renderWatch = (
  model: WatchModel,
  state: WatchState,
  { columns, rows }: Size,
  at: number,
): StyledLine[] => {
  const ranked = rank(model.status.agents, at)
  const selected = selectedOf(state, { agents: ranked.map(({ agent }) => agent.agent_id) })
  const head: StyledLine[] = [
    [span(fill(renderFleetHead(model.status, at), columns), "bold", "inverse")],
    ...strip(model, ranked, selected),
  ]
  const foot = footer(model, state, selected, columns, rows)
  const room = Math.max(1, rows - head.length - foot.length)
  const body =
    state.page === "help"
      ? help
      : state.page === "agent"
        ? agentPage(model, ranked, selected, state.scroll, room, { columns, rows }, at)
        : agentsPage(model, ranked, selected, room, { columns, rows }, at)
  const shown = [...head, ...body.slice(0, room)]
  const blanks = Array.from({ length: Math.max(0, rows - shown.length - foot.length) }, () => "")
  return [...shown, ...blanks, ...foot].slice(0, rows).map((line) => cutLine(line, columns))
}

const strip = (
  { status, votes }: WatchModel,
  ranked: readonly Ranked[],
  selected: string | undefined,
): StyledLine[] => {
  const urgent = ranked.flatMap(({ agent, attention }) =>
    attention?.isUrgent ? [{ agent, attention }] : [],
  )
  const counts = Map.groupBy(status.agents, standingOf)
  const standing = [...counts].map(([name, { length }]) => `${length} ${name}`).join(", ")
  const asked = votes.map(({ message_id, subject }): StyledLine => [
    span("! ", "red", "bold"),
    span("a proposal waits for your vote: ", "yellow"),
    span(`${oneLine(subject)}  (meshfleet vote ${message_id} approve)`),
  ])
  if (urgent.length + asked.length === 0)
    return [[span("Nobody is stuck or waits for a person. ", "green"), span(standing, "dim")]]
  const more = urgent.length - mostNamed
  return [
    ...asked.slice(0, 2),
    ...urgent
      .slice(0, mostNamed)
      .map(({ agent, attention }): StyledLine => [
        span("! ", "red", "bold"),
        span(oneLine(agent.name), "bold"),
        span(` ${attention.why}`, "yellow"),
        span(helpOf(attention, agent.agent_id === selected), "dim"),
      ]),
    [span(`${more > 0 ? `  and ${more} more below. ` : "  "}${standing}`, "dim")],
  ]
}

const agentsPage = (
  { events }: WatchModel,
  ranked: readonly Ranked[],
  selected: string | undefined,
  room: number,
  { columns }: Size,
  at: number,
): StyledLine[] => {
  const [head = "", ...lines] = renderAgents(
    ranked.map(({ agent }) => agent),
    at,
    columns - 2,
  )
  const history = Math.min(
    mostHistory,
    events.length,
    Math.max(leastHistory, room - lines.length - 2),
  )
  const forHistory = room >= 10 ? history + 1 : 0
  const most = Math.max(1, room - 1 - forHistory)
  const index = Math.max(
    0,
    ranked.findIndex(({ agent }) => agent.agent_id === selected),
  )
  const from = Math.max(0, Math.min(lines.length - most, index - Math.floor(most / 2)))
  const shown = lines.slice(from, from + most).map((line, offset): StyledLine => {
    const each = ranked[from + offset]!
    const isSelected = each.agent.agent_id === selected
    const text = `${isSelected ? "> " : "  "}${line}`
    return [span(isSelected ? fill(text, columns) : text, ...styleOf(each), ...inverse(isSelected))]
  })
  const hidden = lines.length - shown.length
  const title = hidden > 0 ? `${from + 1}-${from + shown.length} of ${lines.length}` : ""
  return [
    [span(`  ${head}`, "dim"), span(title ? `  (${title})` : "", "dim")],
    ...shown,
    ...(forHistory > 0
      ? [
          "",
          ...events
            .slice(-history)
            .map((event) => dimmed(renderEvent(event, { withFleet: false }))),
        ]
      : []),
  ]
}

const inverse = (isSelected: boolean): Style[] => (isSelected ? ["inverse"] : [])
const dimmed = (text: string): StyledLine => [span(text, "dim")]

const agentPage = (
  { log }: WatchModel,
  ranked: readonly Ranked[],
  selected: string | undefined,
  scroll: number,
  room: number,
  { columns }: Size,
  at: number,
): StyledLine[] => {
  const found = ranked.find(({ agent }) => agent.agent_id === selected)
  if (!found) return ["This agent is gone."]
  const { agent, attention } = found
  const [titles = "", line = ""] = renderAgents([agent], at, columns)
  const top: StyledLine[] = [
    dimmed(titles),
    [span(line, "bold")],
    ...(attention ? [[span(`! ${attention.why}`, "yellow")]] : []),
    dimmed(
      log === undefined
        ? "reading its session …"
        : log.missing
          ? `Of its session nothing can be read: ${log.missing}. What the ledger knows:`
          : `${log.entries.length} entries, its session read from ${log.transcript === "host" ? "its host" : "OpenCode's store"}`,
    ),
  ]
  const lines = log === undefined ? [] : wrappedLog(log, columns)
  const most = Math.max(1, room - top.length)
  const end = Math.max(Math.min(most, lines.length), lines.length - scroll)
  return [...top, ...lines.slice(Math.max(0, end - most), end)]
}

// A log is wrapped once for each width, not for each frame.
const wrapped = new WeakMap<AgentLog, { columns: number; lines: StyledLine[] }>()

/** One entry of 64 KB is a screen or two, not the whole page. */
const mostLinesOfEntry = 60

const wrappedLog = (log: AgentLog, columns: number) => {
  const known = wrapped.get(log)
  if (known?.columns === columns) return known.lines
  const lines = log.entries.flatMap((entry) => {
    const [head, ...text] = renderLogEntry(entry)
    const body = text.flatMap((line) => wrapTo(textOf(line), columns, mostLinesOfEntry))
    return [head!, ...body.slice(0, mostLinesOfEntry)]
  })
  wrapped.set(log, { columns, lines })
  return lines
}

/** How far up a log can be scrolled. */
export const mostScroll = (log: AgentLog | undefined, { columns }: Size) =>
  log === undefined ? 0 : wrappedLog(log, columns).length

const help: StyledLine[] = [
  "",
  "  up, down, PgUp, PgDn   choose an agent, or scroll its page",
  "  Enter                  step into the agent: transcript, mail, attempts",
  "  Esc, q                 back; on the list q leaves, and the fleet goes on",
  "  a                      answer a question of the agent, or the oldest one",
  "  m                      send the agent a message",
  "  s                      stop the agent (asks first)",
  "  b                      show this project's fleets in your browser, for as long as you watch",
  "  ?                      this page",
  "",
  "  On top stands who is stuck or waits for you, and why; the list begins with them.",
]

const keys = {
  agents: "Enter look inside · a answer · m message · s stop · b browser · ? keys · q leave",
  agent: "up/down scroll · a answer · m message · s stop · q back",
  help: "q back",
}

const footer = (
  model: WatchModel,
  { asking, note, page }: WatchState,
  selected: string | undefined,
  columns: number,
  rows: number,
): StyledLine[] => {
  const nameOf = (id: string | undefined) =>
    oneLine(model.status.agents.find((agent) => agent.agent_id === id)?.name ?? "")
  if (asking?.kind === "stop")
    return [
      [
        span(
          `Stop ${nameOf(asking.agentId)}? What it has is kept. y stops, any other key does not.`,
          "red",
          "bold",
        ),
      ],
    ]
  if (asking?.kind === "message")
    return [
      field(
        `Message to ${nameOf(asking.agentId)} (Enter sends, Esc does not): `,
        asking.text,
        columns,
      ),
    ]
  if (asking?.kind === "answer")
    return [
      ...questionLines(asking.question).slice(0, Math.max(1, Math.floor(rows / 3))),
      field("Answer (Enter sends, Esc does not): ", asking.text, columns),
    ]
  const left = note || (model.status.fleet.status === "running" ? "" : "The fleet has ended.")
  return [[span(left ? `${left}  ` : "", "bold"), span(keys[page], "dim")]]
}

/** The end of what is typed is seen, however long it is. */
const field = (label: string, text: string, columns: number): StyledLine => {
  const room = Math.max(8, columns - widthOf(label) - 1)
  let shown = oneLine(text.slice(-room * 4))
  while (widthOf(shown) > room) shown = [...shown].slice(1).join("")
  return [span(label, "bold"), span(shown), span(" ", "inverse")]
}

const questionLines = ({ agent, request, kind }: OpenQuestion): StyledLine[] => {
  if (kind === "permission" && "patterns" in request)
    return [
      [
        span(`${oneLine(agent)} wants ${oneLine(request.permission)}: `, "bold"),
        span(request.patterns.map(oneLine).join(", "), "yellow"),
      ],
      dimmed(
        "o once: this call · f fleet: exactly this, for the fleet · always: the project, from now on · r reject",
      ),
    ]
  if (!("questions" in request)) return [oneLine(agent)]
  return [
    ...request.questions.flatMap(({ question, options }): StyledLine[] => [
      [span(`${oneLine(agent)} asks: `, "bold"), span(oneLine(question), "yellow")],
      dimmed(options.map(({ label }, index) => `${index + 1} ${oneLine(label)}`).join(" · ")),
    ]),
    dimmed("A number, words of your own, or reject."),
  ]
}

const fill = (text: string, columns: number) => {
  const cut = cutTo(text, columns)
  return columns === Infinity ? cut : cut + " ".repeat(Math.max(0, columns - widthOf(cut)))
}

const cutLine = (line: StyledLine, columns: number): StyledLine => {
  if (typeof line === "string") return cutTo(line, columns)
  let left = columns
  return spansOf(line).map(({ text, styles }) => {
    const cut = left <= 0 ? "" : cutTo(text, left)
    left -= widthOf(cut)
    return span(cut, ...styles)
  })
}
