import { isPair } from "./tokenize.ts"
import { pairTerm, unknownTerm } from "./vocabulary.ts"

/**
 * The pair terms of words in order, with the term of each. Chinese and Japanese words are pairs
 * already, overlapping ones; unknown words have no neighbours.
 */
export const pairTermsOf = (words: readonly string[], terms: readonly number[]): number[] =>
  terms.slice(1).flatMap((term, at) => {
    const before = terms[at]!
    if (term === unknownTerm || before === unknownTerm) return []
    return isPair(words[at]!) && isPair(words[at + 1]!) ? [] : [pairTerm(before, term)]
  })
