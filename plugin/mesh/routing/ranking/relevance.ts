import type { Calibration, WorkEvidence } from "./calibrate.ts"
import type { Query } from "../reading/query.ts"
import type { Scored, Signals } from "./signals.ts"
import type { SmallTalkModel } from "../reading/small-talk-model.ts"

/** The weighted sum of the signals, for each candidate. */
export const relevanceOf = (
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
