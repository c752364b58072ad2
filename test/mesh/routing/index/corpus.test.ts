import { describe, expect, test } from "bun:test"
import {
  parseQuestions,
  specialistCandidates,
} from "../../../../plugin/mesh/routing/index/corpus.ts"

const oracle = {
  agent: "oracle",
  title: "Oracle",
  description: "Use when a decision is hard.",
  skills: ["trade-off"],
  triggers: ["argue with me"],
  terms: ["Entscheidung"],
  aliases: ["advisor"],
}

describe("questions", () => {
  test("of all languages come together, by specialist", () => {
    const questions = parseQuestions(
      [
        `{"agent":"oracle","en":["one","two"],"de":["drei"]}`,
        "",
        `{"agent":"debugger","zh":["四"]}`,
      ].join("\n"),
    )
    expect([...questions]).toEqual([
      ["oracle", ["one", "two", "drei"]],
      ["debugger", ["四"]],
    ])
  })

  test("in lines that cannot be read are left out", () => {
    const lines = ["{", "[]", "null", `{"en":["x"]}`, `{"agent":"a","en":[1,"x"],"de":"y"}`]
    expect([...parseQuestions(lines.join("\n"))]).toEqual([["a", ["x"]]])
  })
})

test("specialists become candidates with their questions", () => {
  expect(specialistCandidates([oracle], new Map([["oracle", ["am I right"]]]))).toEqual([
    {
      kind: "specialist",
      id: "oracle",
      role: "Oracle",
      title: "Oracle",
      description: "Use when a decision is hard.",
      skills: ["trade-off"],
      triggers: ["argue with me"],
      terms: ["Entscheidung"],
      aliases: ["advisor"],
      questions: ["am I right"],
    },
  ])
  expect(specialistCandidates([oracle])[0]?.questions).toEqual([])
})
