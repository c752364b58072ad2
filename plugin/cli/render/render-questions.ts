import type { PermissionAsk, QuestionAsk } from "../../mesh/model/question.ts"
import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import { renderDuration } from "./render-duration.ts"
import { indent, oneLine, plainText } from "./render-text.ts"

/** As much of a diff or a script as a person reads before deciding; `--json` has all of it. */
const mostLines = 40

/** What waits for a person, each with what an answer would mean. */
export const renderQuestions = (questions: readonly OpenQuestion[], at: number): string[] =>
  questions.flatMap((question, index) => [
    ...(index > 0 ? [""] : []),
    [
      `${question.question_id}  ${oneLine(question.agent)} in ${question.fleet_id} asks`,
      `${renderDuration(at - Date.parse(question.asked_at))} ago`,
      `rejected in ${renderDuration(Date.parse(question.deadline_at) - at)}`,
    ].join("  ·  "),
    ...(question.kind === "permission"
      ? renderPermission(question.question_id, question.request as PermissionAsk)
      : renderChoice(question.question_id, question.request as QuestionAsk)),
  ])

const renderPermission = (
  id: string,
  { permission, patterns, always, metadata }: PermissionAsk,
) => {
  const shown = (texts: readonly string[]) =>
    texts.map((text) => `${oneLine(permission)} ${oneLine(text)}`).join(", ")
  const wide = always.length > 0 ? always : patterns
  return [
    ...patterns.map((pattern) => `  ${shown([pattern])}`),
    ...Object.entries(metadata)
      .map(([key, value]) => detail(key, value))
      .filter((line) => line !== undefined),
    `  meshfleet answer ${id} once      this call`,
    `  meshfleet answer ${id} fleet     and what is exactly like it, from any agent of this fleet`,
    `  meshfleet answer ${id} always    in this project from now on: ${shown(wide)}`,
    `  meshfleet answer ${id} reject    --reason "…" tells the agent why`,
  ]
}

const detail = (key: string, value: unknown) => {
  const text = plainText(typeof value === "string" ? value : JSON.stringify(value)).trimEnd()
  if (text === "" || text === "{}" || text === "[]") return undefined
  const lines = text.split("\n")
  const rest = lines.length > mostLines ? [`… ${lines.length - mostLines} more lines`] : []
  return lines.length === 1
    ? `  ${oneLine(key)}: ${text}`
    : [
        `  ${oneLine(key)}:`,
        indent([...lines.slice(0, mostLines), ...rest].join("\n"), "    "),
      ].join("\n")
}

const renderChoice = (id: string, { questions }: QuestionAsk) => [
  ...questions.flatMap(({ question, options, multiple }) => [
    indent(plainText(question)),
    ...options.map(
      ({ label, description }, index) =>
        `    ${index + 1}  ${oneLine(label)}${description ? `: ${oneLine(description)}` : ""}`,
    ),
    ...(multiple ? ["    (several may be chosen)"] : []),
  ]),
  `  meshfleet answer ${id} ${questions.map(() => "<option>").join(" ")}`,
  ...(questions.every(({ custom }) => custom !== false)
    ? [`  meshfleet answer ${id} --text "…"`]
    : []),
  `  meshfleet answer ${id} reject`,
]
