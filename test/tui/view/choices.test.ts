import { expect, test } from "bun:test"
import { readAnswer } from "../../../plugin/mesh/questions/answer.ts"
import { choicesOf, toggle, wordsOf } from "../../../plugin/tui/view/choices.ts"

const option = (label: string) => ({ label, description: "" })
const targets = {
  question: "Which targets?",
  header: "Targets",
  // Each of the first two is the number of another; the third holds what parts answers.
  options: [option("2"), option("1"), option("arm64, armv7")],
  multiple: true,
}
const node = { question: "Which Node?", header: "Node", options: [option("22"), option("24")] }
const read = (questions: object[], words: string[]) =>
  JSON.parse(
    readAnswer({ id: "ask_1", kind: "question", request: JSON.stringify({ questions }) }, { words })
      .answer,
  ) as unknown

test("options that count together show which of them are chosen", () => {
  const titles = (picked: number[]) => choicesOf(targets, picked, true).map(({ title }) => title)
  expect(titles([0, 2])).toEqual([
    "[x] 2",
    "[ ] 1",
    "[x] arm64, armv7",
    "Answer with these",
    "Something else",
    "Do not answer",
  ])
  expect(choicesOf(node, [], false).map(({ title }) => title)).toEqual([
    "22",
    "24",
    "Do not answer",
  ])
})

test("an option is chosen and let go of again, and keeps its place", () => {
  expect(toggle(toggle([], 2), 0)).toEqual([0, 2])
  expect(toggle([0, 2], 0)).toEqual([2])
})

test("what was chosen is what the agent reads, whatever the labels are", () => {
  expect(read([targets], wordsOf(targets, [0, 2], true))).toEqual([["2", "arm64, armv7"]])
  expect(read([targets], wordsOf(targets, [1], true))).toEqual([["1"]])
  const both = [...wordsOf(targets, [0, 2], false), ...wordsOf(node, [1], false)]
  expect(read([targets, node], both)).toEqual([["2", "arm64, armv7"], ["24"]])
})
