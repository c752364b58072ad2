import { rejectedText } from "./asking.ts"
import { MeshError } from "../model/errors.ts"
import type { QuestionRow } from "../ledger/tables/rows.ts"
import type { QuestionAsk } from "../model/question.ts"

export const permissionAnswers = ["once", "fleet", "always", "reject"] as const
export type PermissionAnswer = (typeof permissionAnswers)[number]

/** An answer as a person gives it. */
export interface Given {
  words: readonly string[]
  text?: string | undefined
  reason?: string | undefined
}

/** An answer as the ledger keeps it. */
export interface Answer {
  answer: PermissionAnswer | (string & {})
  reason: string | null
}

/** Reads what was given as an answer to this question. INVALID_ARGUMENT names what would be one. */
export const readAnswer = (
  question: Pick<QuestionRow, "id" | "kind" | "request">,
  given: Given,
): Answer =>
  question.kind === "permission"
    ? readPermission(question.id, given)
    : readChoice(question.id, JSON.parse(question.request) as QuestionAsk, given)

const readPermission = (id: string, { words, text, reason }: Given): Answer => {
  const [word, ...more] = words
  const answer = permissionAnswers.find((each) => each === word)
  if (answer === undefined || more.length > 0 || text !== undefined)
    throw wrong(
      `${id} asks for a permission; "${[...words, text].filter(Boolean).join(" ")}" is no answer to it.`,
      `Answer with one of ${permissionAnswers.join(", ")}.`,
    )
  if (answer !== "reject" && reason !== undefined)
    throw wrong(`A reason goes with reject, not with ${answer}.`, "Leave the reason out.")
  return { answer, reason: answer === "reject" ? rejection(reason) : null }
}

/** The model reads the person's words alone when there are any. */
const rejection = (reason: string | undefined) => reason ?? rejectedText("The user rejected it.")

const readChoice = (
  id: string,
  { questions }: QuestionAsk,
  { words, text, reason }: Given,
): Answer => {
  const isRejected = words.length === 1 && words[0] === "reject" && text === undefined
  if (isRejected) return { answer: "reject", reason: rejection(reason) }
  if (reason !== undefined)
    throw wrong("A reason goes with reject.", "Say it in the answer's text instead.")
  if (text !== undefined) {
    const closed = questions.find(({ custom }) => custom === false)
    if (words.length > 0 || closed)
      throw wrong(
        closed ? `${id} takes only its options.` : "Give options or a text, not both.",
        closed ? `Choose ${named(closed.options)}.` : "Leave one of them out.",
      )
    return { answer: JSON.stringify(questions.map(() => [text])), reason: null }
  }
  return { answer: JSON.stringify(chosen(id, questions, words)), reason: null }
}

/** One question takes all words, of several each takes one; it may hold options split by commas. */
const chosen = (id: string, questions: QuestionAsk["questions"], words: readonly string[]) => {
  const [only] = questions
  const given = questions.length === 1 ? [words] : words.map((word) => [word])
  if (given.length !== questions.length || words.length === 0)
    throw wrong(
      `${id} asks ${questions.length} question${questions.length === 1 ? "" : "s"}; ${words.length} answers were given.`,
      only && questions.length === 1
        ? `Choose ${named(only.options)}, or give a text.`
        : "Give one option for each, in order, or one text for all.",
    )
  return questions.map(({ options, multiple }, index) => {
    const labels = given[index]!.flatMap((word) => {
      const label = find(options, word)
      if (label !== undefined) return [label]
      return word.split(",").map((part) => {
        const each = find(options, part.trim())
        if (each !== undefined) return each
        throw wrong(
          `"${part.trim()}" is no option of ${id}.`,
          `Choose ${named(options)}, or give a text.`,
        )
      })
    })
    if (labels.length > 1 && multiple !== true)
      throw wrong(
        `${id} takes one option; ${labels.length} were given.`,
        `Choose one of ${named(options)}.`,
      )
    return labels
  })
}

/** By its label, whatever the case, else by its number in the list. */
const find = (options: QuestionAsk["questions"][number]["options"], word: string) =>
  (
    options.find(({ label }) => label === word) ??
    options.find(({ label }) => label.toLowerCase() === word.toLowerCase()) ??
    (/^[1-9]\d*$/.test(word) ? options[Number(word) - 1] : undefined)
  )?.label

const named = (options: readonly { label: string }[]) =>
  options.map(({ label }, index) => `${index + 1} "${label}"`).join(", ") || "a text"

const wrong = (detail: string, next: string) => new MeshError("INVALID_ARGUMENT", detail, next)
