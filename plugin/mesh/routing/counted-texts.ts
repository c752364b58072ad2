import { passagesOf, type Candidate } from "./corpus.ts"
import { isForeign, type Meanings } from "./meanings.ts"
import { createRows, type Rows } from "./postings.ts"
import { splitWords } from "./tokenize.ts"
import type { Vocabulary } from "./vocabulary.ts"

/** Everything that is counted of some candidates' texts, before any weighting. */
export interface CountedTexts {
  /** How many candidates. */
  size: number
  /** A row for each passage: its words and meanings. */
  passages: Rows
  /** Passage → its candidate. */
  owners: Uint32Array
  /** Passage → twice its weight, a whole number. */
  weights: Uint8Array
  /** A row for each candidate: the words of its instructions. */
  bodies: Rows
}

/** Reads the candidates' texts; their words join the vocabulary. */
export const countTexts = (
  candidates: readonly Candidate[],
  vocabulary: Vocabulary,
  meaningsIn: Meanings,
): CountedTexts => {
  const passages = createRows()
  const bodies = createRows()
  const owners: number[] = []
  const weights: number[] = []
  candidates.forEach((candidate, owner) => {
    for (const { text, weight } of passagesOf(candidate)) {
      const words = splitWords(text)
      const english = !isForeign(text, words)
      for (const word of words) {
        vocabulary.count(word, english)
        const term = vocabulary.learn(word)
        if (term >= 0) passages.add(term, 1)
      }
      for (const meaning of meaningsIn(text, words)) {
        passages.add(vocabulary.learnMeaning(meaning), 1)
      }
      passages.endRow()
      owners.push(owner)
      weights.push(weight * 2)
    }
    for (const word of splitWords(candidate.body ?? "")) {
      const term = vocabulary.learn(word)
      if (term >= 0) bodies.add(term, 1)
    }
    bodies.endRow()
  })
  return {
    size: candidates.length,
    passages: passages.rows(),
    owners: Uint32Array.from(owners),
    weights: Uint8Array.from(weights),
    bodies: bodies.rows(),
  }
}
