import { passagesOf, type Candidate } from "./corpus.ts"
import { isForeign, type Meanings } from "./meanings.ts"
import { countHolders, countRows, createRows, type Rows } from "./postings.ts"
import { splitWords } from "./tokenize.ts"
import { firstTerm, pairTerm, type Vocabulary } from "./vocabulary.ts"

/** Everything that is counted of some candidates' texts, before any weighting. */
export interface CountedTexts {
  /** How many candidates. */
  size: number
  /** A row for each passage: its words, pairs of neighbours, and meanings. */
  passages: Rows
  /** Passage → its candidate, ascending. */
  owners: Uint32Array
  /** Passage → twice its weight, a whole number. */
  weights: Uint8Array
}

/** Reads the candidates' texts; their words join the vocabulary. */
export const countTexts = (
  candidates: readonly Candidate[],
  vocabulary: Vocabulary,
  meaningsIn: Meanings,
): CountedTexts => {
  const passages = createRows()
  const owners: number[] = []
  const weights: number[] = []
  candidates.forEach((candidate, owner) => {
    for (const { text, weight } of passagesOf(candidate)) {
      const words = splitWords(text)
      const english = !isForeign(text, words)
      let before: number | undefined
      for (const word of words) {
        vocabulary.count(word, english)
        const term = vocabulary.learn(word)
        passages.add(term, 1)
        if (before !== undefined) passages.add(pairTerm(before, term), 1)
        before = term
      }
      for (const meaning of meaningsIn(text, words)) {
        passages.add(vocabulary.learnMeaning(meaning), 1)
      }
      passages.endRow()
      owners.push(owner)
      weights.push(weight * 2)
    }
  })
  return {
    size: candidates.length,
    passages: passages.rows(),
    owners: Uint32Array.from(owners),
    weights: Uint8Array.from(weights),
  }
}

/** Without the pairs that one passage alone has: a third of the entries that find next to nothing. */
export const withoutLonePairs = (counted: CountedTexts, vocabularySize: number): CountedTexts => {
  const { starts, terms, weights } = counted.passages
  const holders = countHolders(counted.passages, vocabularySize)
  const kept = createRows()
  for (let row = 0; row < countRows(counted.passages); row++) {
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const term = terms[at]!
      if (term >= firstTerm || holders[term]! > 1) kept.add(term, weights[at]!)
    }
    kept.endRow()
  }
  return { ...counted, passages: kept.rows() }
}
