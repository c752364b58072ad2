import type { Calibration } from "./calibrate.ts"
import { damped } from "./cosine.ts"
import type { Query } from "./query.ts"
import type { SmallTalkModel } from "./small-talk-model.ts"
import { rarityOf, type Signals, type TextIndex } from "./text-index.ts"
import type { WorkEvidence } from "./calibrate.ts"

/** The weighted sum of the signals, for each candidate. */
export const relevanceOf = (
  { words, meanings, passages }: Signals,
  { relevance }: Calibration,
): Float64Array =>
  words.map(
    (signal, at) =>
      relevance.words * signal +
      relevance.meanings * meanings[at]! +
      relevance.passages * passages[at]!,
  )

const highest = (numbers: Float64Array) => {
  let best = 0
  for (const number of numbers) if (number > best) best = number
  return best
}

/** The idf mass of a query's known words: how much it says at all. */
const massOf = (index: TextIndex, query: Query): number => {
  const { terms, weights } = query.vectors.words
  let mass = 0
  for (let at = 0; at < terms.length; at++)
    mass += damped(weights[at]!) * rarityOf(index, terms[at]!)
  return mass
}

export const workEvidence = (
  query: Query,
  index: TextIndex,
  signals: readonly Signals[],
  talk: SmallTalkModel,
): WorkEvidence => {
  const { allWords, vectors } = query
  const words = Math.max(0, ...signals.map((each) => highest(each.words)))
  const meanings = Math.max(0, ...signals.map((each) => highest(each.meanings)))
  let sum = 0
  for (const word of allWords) sum += talk(word)
  return {
    talk: allWords.length === 0 ? 0 : sum / allWords.length,
    words: Math.log1p(words * massOf(index, query)),
    meanings: Math.log1p(meanings * vectors.meanings.terms.length),
  }
}
