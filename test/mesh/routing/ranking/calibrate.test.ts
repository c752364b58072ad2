import { expect, test } from "bun:test"
import {
  confidenceLogit,
  confidenceOf,
  scoreOf,
  workShare,
} from "../../../../plugin/mesh/routing/ranking/calibrate.ts"
import { feedbackWeight } from "../../../../plugin/mesh/routing/ranking/feedback.ts"

test("confidence is the odds that the score stands for", () => {
  for (const logit of [-14, -3, 0, 0.5, 6, 14]) {
    expect(confidenceOf(scoreOf(logit))).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12)
  }
})

test("confidence rises with relevance and lead, and falls with small talk", () => {
  const at = (work: number, relevance: number, lead: number) =>
    confidenceLogit(work, relevance, lead)
  expect(at(0.9, 12, 2)).toBeGreaterThan(at(0.9, 11, 2))
  expect(at(0.9, 12, 2)).toBeGreaterThan(at(0.9, 12, -1))
  expect(at(0.9, 12, 2)).toBeGreaterThan(at(0.3, 12, 2))
  expect(workShare({ talk: 1, words: 2, meanings: 0, length: 1 })).toBeLessThan(
    workShare({ talk: -0.5, words: 3, meanings: 1, length: 1 }),
  )
})

test("extremes stay apart from 0 and 1", () => {
  expect(confidenceOf(scoreOf(confidenceLogit(1, 1e9, 1e9)))).toBeLessThan(1)
  expect(confidenceOf(scoreOf(confidenceLogit(0, 0, -1e9)))).toBeGreaterThan(0)
})

test("feedback is a factor between 0.5 and 1.5 that starts at 1", () => {
  expect(feedbackWeight({ successes: 0, failures: 0 })).toBe(1)
  expect(feedbackWeight({ successes: 4, failures: 0 })).toBe(1.25)
  expect(feedbackWeight({ successes: 0, failures: 4 })).toBe(0.75)
  expect(feedbackWeight({ successes: 3, failures: 1 })).toBe(1.125)
  expect(feedbackWeight({ successes: 1e9, failures: 0 })).toBeLessThanOrEqual(1.5)
  expect(feedbackWeight({ successes: 0, failures: 1e9 })).toBeGreaterThanOrEqual(0.5)
  expect(feedbackWeight({ successes: Number.NaN, failures: -3 })).toBe(1)
})
