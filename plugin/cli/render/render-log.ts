import { indent, oneLine, plainText } from "./render-text.ts"
import { renderDuration } from "./render-duration.ts"
import { span, type Style, type StyledLine } from "./styled.ts"

/** One thing that an agent was told, said or did. */
export interface LogEntry {
  /** ISO time; null where OpenCode keeps none. */
  at: string | null
  kind: "attempt" | "mail" | "prompt" | "text" | "reasoning" | "tool" | "answer" | "error"
  /** One line. */
  title: string
  text?: string
  /** Of a tool call or a delivery: how far it has come. */
  state?: string
  tool?: string
  input?: unknown
  duration_ms?: number
  message_id?: string
  part_id?: string
}

const styles: Record<LogEntry["kind"], readonly Style[]> = {
  attempt: ["dim"],
  mail: ["cyan"],
  prompt: ["dim"],
  text: ["bold"],
  reasoning: ["dim"],
  tool: ["green"],
  answer: ["bold"],
  error: ["red"],
}

/** As much of a tool's output as says what came of it; `--json` has all. */
const mostToolLines = 12

/** Its time, its title, and its text below. */
export const renderLogEntry = (entry: LogEntry): StyledLine[] => {
  const time = entry.at === null ? "        " : entry.at.slice(11, 19)
  const state = entry.state && entry.state !== "completed" ? `  [${oneLine(entry.state)}]` : ""
  const took = entry.duration_ms === undefined ? "" : `  ${renderDuration(entry.duration_ms)}`
  const style = entry.state === "error" ? (["red"] as const) : styles[entry.kind]
  const text = entry.text === undefined ? "" : plainText(entry.text).trimEnd()
  const lines = text === "" ? [] : text.split("\n")
  const shown =
    entry.kind === "tool" && lines.length > mostToolLines
      ? [...lines.slice(0, mostToolLines), `… ${lines.length - mostToolLines} more lines`]
      : lines
  return [
    [
      span(`${time}  `, "dim"),
      span(`${entry.kind.padEnd(9)} ${oneLine(entry.title)}${state}`, ...style),
      span(took, "dim"),
    ],
    ...shown.map((line) => indent(line, "          ")),
  ]
}

/** What `logs --follow` knows an entry by: it is shown again when it has changed. */
export const keyOf = (entry: LogEntry) =>
  entry.part_id ?? `${entry.message_id ?? entry.at} ${entry.title}`

export const stampOf = ({ state, text, duration_ms }: LogEntry) =>
  `${state ?? ""} ${text?.length ?? 0} ${duration_ms ?? ""}`
