import type { BriefEvidence } from "./briefs.ts"
import { sigmoid, type BriefWeights, type Calibration, type WorkEvidence } from "./calibrate.ts"
import type { Query } from "../reading/query.ts"
import type { Scored, Signals } from "./signals.ts"
import type { SmallTalkModel } from "../reading/small-talk-model.ts"

/**
 * How much the usual relevance still counts in a brief: without it, a description that is word for
 * word a trigger of one specialist can go to others.
 */
export const keptInBriefs = 0.35

/** Whoever types speaks of themselves now and then; a brief speaks of the work. */
const ofTheWriter = new Set(["i", "id", "ill", "im", "ive", "me", "mine", "my", "myself"])

/** What `briefShare` goes by, in the order of `BriefWeights`. */
export const briefShape = (
  { known, best, technologies }: BriefEvidence,
  { allWords }: Pick<Query, "allWords">,
): number[] => [
  known,
  best,
  technologies,
  Math.log1p(allWords.length),
  allWords.some((word) => ofTheWriter.has(word)) ? 1 : 0,
]

/** How much a text of this shape is taken for a brief, 0 to 1. */
export const briefShare = (
  [known = 0, best = 0, technologies = 0, length = 0, personal = 0]: readonly number[],
  by: BriefWeights,
): number =>
  sigmoid(
    by.known * known +
      by.best * best +
      by.technologies * technologies +
      by.length * length +
      by.personal * personal +
      by.constant,
  )

/**
 * How relevant each candidate is: by the weighted sum of the signals, by the briefs' classifier
 * where it knows the candidates and the text is a brief, and in between where it may be one.
 */
export const relevanceOf = (
  signals: Signals,
  calibration: Pick<Calibration, "relevance" | "relevanceUnlearnt" | "brief">,
  share: number,
): Float64Array => {
  const usual = usualRelevance(signals, calibration)
  const { brief } = signals
  if (!brief || share === 0) return usual
  const byBrief = share * calibration.brief.relevance
  return usual.map((value, at) => (1 - (1 - keptInBriefs) * share) * value + byBrief * brief[at]!)
}

const usualRelevance = (
  { words, meanings, passages, learnt }: Signals,
  { relevance, relevanceUnlearnt }: Pick<Calibration, "relevance" | "relevanceUnlearnt">,
): Float64Array => {
  const {
    words: byWords,
    meanings: byMeanings,
    passages: byPassages,
  } = learnt ? relevance : relevanceUnlearnt
  return words.map(
    (signal, at) =>
      byWords * signal +
      byMeanings * meanings[at]! +
      byPassages * passages[at]! +
      relevance.learnt * (learnt?.[at] ?? 0),
  )
}

const highest = (numbers: Float64Array) => {
  let best = 0
  for (const number of numbers) if (number > best) best = number
  return best
}

const meanTalk = (words: readonly string[], talk: SmallTalkModel) => {
  let sum = 0
  for (const word of words) sum += talk(word)
  return words.length === 0 ? 0 : sum / words.length
}

export const workEvidence = (
  { allWords, knownMeanings }: Query,
  { signals, mass, talk }: Scored,
  talkOf: () => SmallTalkModel,
): WorkEvidence => {
  const words = Math.max(0, ...signals.map((each) => highest(each.words)))
  const meanings = Math.max(0, ...signals.map((each) => highest(each.meanings)))
  return {
    talk: talk ?? meanTalk(allWords, talkOf()),
    words: Math.log1p(words * mass),
    meanings: Math.log1p(meanings * knownMeanings),
    length: Math.log1p(allWords.length),
  }
}
