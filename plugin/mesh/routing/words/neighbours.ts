import { isPair } from "./tokenize.ts"
import { pairTerm, unknownTerm } from "./vocabulary.ts"

/**
 * The pair terms of words in order, with the term of each. Chinese and Japanese words are pairs
 * already, overlapping ones; unknown words have no neighbours.
 */
export const pairTermsOf = (words: readonly string[], terms: readonly number[]): number[] => {
  const pairs: number[] = []
  for (let at = 1; at < terms.length; at++) {
    const before = terms[at - 1]!
    const term = terms[at]!
    if (term === unknownTerm || before === unknownTerm) continue
    if (!isPair(words[at - 1]!) || !isPair(words[at]!)) pairs.push(pairTerm(before, term))
  }
  return pairs
}
