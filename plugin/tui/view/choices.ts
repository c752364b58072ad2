import type { QuestionAsk } from "../../mesh/model/question.ts"
import { tame } from "./line.ts"

type Asked = QuestionAsk["questions"][number]

export interface Choice {
  title: string
  description?: string
  value: string
}

/** Beside the options, whose values are their numbers. */
export const another = "\0another"
export const ready = "\0ready"
export const reject = "reject"

/** What a person chooses from; where several options count, each shows whether it is chosen. */
export const choicesOf = (
  asked: Asked,
  picked: readonly number[],
  isOnly: boolean,
): readonly Choice[] => [
  ...asked.options.map(({ label, description }, index) => ({
    value: String(index),
    title: `${asked.multiple ? (picked.includes(index) ? "[x] " : "[ ] ") : ""}${tame(label)}`,
    description: tame(description),
  })),
  ...(asked.multiple
    ? [
        {
          value: ready,
          title: "Answer with these",
          description:
            picked.map((index) => tame(asked.options[index]!.label)).join(", ") ||
            "none chosen yet",
        },
      ]
    : []),
  // One text is the answer to all of them.
  ...(asked.custom === false || !isOnly
    ? []
    : [{ value: another, title: "Something else", description: "in your own words" }]),
  { value: reject, title: "Do not answer", description: "the agent goes on without" },
]

/** In the order in which they are asked, whatever was chosen first. */
export const toggle = (picked: readonly number[], index: number) =>
  picked.includes(index)
    ? picked.filter((each) => each !== index)
    : [...picked, index].toSorted((a, b) => a - b)

/**
 * The chosen options as words of an answer. A label is unmistakable, a number may be another one's label;
 * but of several questions each takes one word, which commas part.
 */
export const wordsOf = ({ options }: Asked, picked: readonly number[], isOnly: boolean) => {
  const labels = picked.map((index) => options[index]!.label)
  if (isOnly || picked.length === 1) return labels
  return [
    labels.map((label, at) => (label.includes(",") ? String(picked[at]! + 1) : label)).join(","),
  ]
}
