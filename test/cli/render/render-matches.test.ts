import { expect, test } from "bun:test"
import { briefMatch, renderMatches } from "../../../plugin/cli/render/render-matches.ts"

const matches = [
  {
    kind: "specialist",
    agent: "code-reviewer",
    role: "Code Reviewer",
    score: 0.9,
    confidence: 0.81234567,
    fits: true,
    reason: "matches: diff",
  },
  {
    kind: "agent",
    agent_id: "mapper-1",
    role: "Mapper",
    score: 0.1,
    confidence: 0.1,
    fits: false,
    reason: "",
  },
]

test("matches are ranked, and one that does not fit is marked", () => {
  expect(renderMatches(matches, "embeddings are off")).toEqual([
    "   AGENT          KIND        CONFIDENCE  SCORE  REASON",
    "1  code-reviewer  specialist       81.2%  0.900  matches: diff",
    "2  mapper-1       in a fleet     10.0% ?  0.100",
    "",
    "? marks a doubtful match: look before you use it.",
    "",
    "embeddings are off",
  ])
})

test("a line of matches names agents and specialists alike, and keeps every digit of the confidence", () => {
  expect(matches.map(briefMatch)).toEqual([
    {
      agent: "code-reviewer",
      score: 0.9,
      confidence: 0.81234567,
      fits: true,
      reason: "matches: diff",
    },
    { agent: "mapper-1", score: 0.1, confidence: 0.1, fits: false, reason: "" },
  ])
})
