import { expect, test } from "bun:test"
import { headOf } from "../../../../plugin/mesh/routing/reading/head.ts"
import { stopWords } from "../../../../plugin/mesh/routing/words/stop-words.ts"
import { splitWords } from "../../../../plugin/mesh/routing/words/tokenize.ts"

const head = (text: string) => {
  const words = splitWords(text)
  return headOf(words, (word) => !stopWords.has(word)).map((at) => words[at])
}

test("the head of a text ends where what is worked on begins", () => {
  expect(head("independent code review of a JavaScript change")).toEqual(
    "independent code review".split(" "),
  )
  expect(head("Write the unit tests for a parser")).toEqual("write unit tests".split(" "))
})

test("the head has at least two words, if there are two, and at most five", () => {
  expect(head("Look into a deadlock in the pool")).toEqual(["look", "deadlock"])
  expect(head("Refactor big old slow parser module tests")).toEqual(
    "refactor big old slow parser".split(" "),
  )
  expect(head("benchmark")).toEqual(["benchmark"])
  expect(head("")).toEqual([])
})
