import { plainText } from "../../cli/render/render-text.ts"
import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import type { PermissionAsk, QuestionAsk } from "../../mesh/model/question.ts"
import type { BoardRow } from "./board.ts"
import { sumLine } from "./figures.ts"
import { fit, type Line, span, tame } from "./line.ts"

/** As much of a diff or a script as a person reads before deciding. */
const mostLines = 200
const mostCharacters = 20_000

/** Several lines of an agent's text that do nothing to a terminal, each as long as it is. */
export const tameLines = (text: string, most = mostLines): string[] => {
  const lines = plainText(text.slice(0, mostCharacters))
    .replaceAll("\t", "  ")
    .trimEnd()
    .split("\n")
  const isCut = lines.length > most || text.length > mostCharacters
  return [
    ...lines.slice(0, most),
    ...(isCut ? ["… more: meshfleet in a terminal shows all of it"] : []),
  ]
}

/** What a question asks, whole: nobody decides about what they have not seen. */
export const questionLines = ({ kind, request }: OpenQuestion): string[] => {
  if (kind === "question")
    return (request as QuestionAsk).questions.flatMap(({ question }) => tameLines(question))
  const { permission, patterns, metadata } = request as PermissionAsk
  return [
    ...patterns.flatMap((pattern) => tameLines(`${permission} ${pattern}`)),
    ...Object.entries(metadata).flatMap(([name, value]) => {
      const lines = tameLines(typeof value === "string" ? value : JSON.stringify(value))
      if (lines.join("") === "" || ["{}", "[]"].includes(lines[0]!)) return []
      return lines.length === 1
        ? [`${tame(name)}: ${lines[0]}`]
        : [`${tame(name)}:`, ...lines.map((line) => `  ${line}`)]
    }),
  ]
}

/** Below the list: all there is to say of the chosen row in a few lines. */
export const detailLines = (row: BoardRow | undefined, columns: number): Line[] => {
  if (!row || row.kind === "heading") return []
  if (row.kind === "question")
    return [
      [
        span(`${tame(row.question.agent)} asks`, "warn", true),
        span(`  ${row.question.question_id}`, "muted"),
      ],
      ...questionLines(row.question).map((line) => [span(line)]),
    ].map((line) => fit(line, columns))
  if (row.kind === "fleet")
    return [
      [
        span(tame(row.fleet.fleet.name), "text", true),
        span(`  ${row.fleet.fleet.fleet_id}`, "muted"),
      ],
      sumLine(row.judged),
    ].map((line) => fit(line, columns))
  const { agent, standing } = row
  return [
    [
      span(tame(agent.name), "text", true),
      span(`  ${tame(agent.role)}, ${tame(agent.agent ?? "")}`, "muted"),
      span(`  ${agent.agent_id}`, "muted"),
    ],
    [span(`${standing.state}${standing.doing ? `: ${standing.doing}` : ""}`, standing.tone)],
    [
      span(
        [
          ...(agent.last_tool ? [`last tool ${tame(agent.last_tool)}`] : []),
          ...(agent.attempts > 1 ? [`attempt ${agent.attempts}`] : []),
          ...(agent.unread > 0 ? [`${agent.unread} unread`] : []),
          ...("branch" in agent && agent.branch ? [`branch ${tame(String(agent.branch))}`] : []),
        ].join("  ·  "),
        "muted",
      ),
    ],
  ].map((line) => fit(line, columns))
}
