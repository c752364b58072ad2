import { passagesOf, type Candidate } from "./corpus.ts"
import { isForeign, type Meanings } from "./meanings.ts"
import { pairTermsOf } from "./neighbours.ts"
import { holdersOf, invert, vectorOf, type Postings, type TermVector } from "./postings.ts"
import { splitWords } from "./tokenize.ts"
import { isPairTerm, type Vocabulary } from "./vocabulary.ts"

/** Everything that is counted of some candidates' texts, before any weighting. */
export interface CountedTexts {
  /** How many candidates. */
  size: number
  /** Term → the passages that hold it, and how often: words, pairs of neighbours, meanings. */
  passages: Postings
  /** Passage → its candidate, ascending. */
  owners: Uint32Array
  /** Passage → twice its weight, a whole number. */
  weights: Uint8Array
  /** Passage → 1 if it is a single word, else 0. */
  singles: Uint8Array
}

/** Reads the candidates' texts; their words join the vocabulary. */
export const countTexts = (
  candidates: readonly Candidate[],
  vocabulary: Vocabulary,
  meaningsIn: Meanings,
): CountedTexts => {
  const vectors: TermVector[] = []
  const owners: number[] = []
  const weights: number[] = []
  const singles: number[] = []
  candidates.forEach((candidate, owner) => {
    for (const { text, weight } of passagesOf(candidate)) {
      const words = splitWords(text)
      const english = !isForeign(text, words)
      const terms = words.map((word) => vocabulary.learn(word, english))
      const pairs = pairTermsOf(words, terms)
      const meanings = meaningsIn(text, words).map(vocabulary.learnMeaning)
      vectors.push(vectorOf([...terms, ...pairs, ...meanings].map((term) => [term, 1] as const)))
      owners.push(owner)
      weights.push(weight * 2)
      singles.push(words.length < 2 ? 1 : 0)
    }
  })
  return {
    size: candidates.length,
    passages: invert(vectors, vocabulary.size()),
    owners: Uint32Array.from(owners),
    weights: Uint8Array.from(weights),
    singles: Uint8Array.from(singles),
  }
}

/** Without the pairs that one passage alone has: a quarter of all entries, for next to no answer. */
export const withoutLonePairs = (counted: CountedTexts): CountedTexts => {
  const { offsets, owners, weights } = counted.passages
  const isKept = (term: number) => !isPairTerm(term) || holdersOf(counted.passages, term) > 1
  const kept = { offsets: new Uint32Array(offsets.length), owners: [] as number[] }
  const keptWeights: number[] = []
  for (let term = 0; term + 1 < offsets.length; term++) {
    for (let slot = offsets[term]!; slot < offsets[term + 1]! && isKept(term); slot++) {
      kept.owners.push(owners[slot]!)
      keptWeights.push(weights[slot]!)
    }
    kept.offsets[term + 1] = kept.owners.length
  }
  return {
    ...counted,
    passages: {
      offsets: kept.offsets,
      owners: Uint32Array.from(kept.owners),
      weights: Float32Array.from(keptWeights),
    },
  }
}
