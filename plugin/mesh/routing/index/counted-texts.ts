import { passagesOf, type Candidate } from "./corpus.ts"
import { isForeign, type Meanings } from "../words/meanings.ts"
import { pairTermsOf } from "../words/neighbours.ts"
import { countTerms, type TermVector } from "../words/term-vector.ts"
import { splitWords } from "../words/tokenize.ts"
import { isPairTerm, type Vocabulary } from "../words/vocabulary.ts"

/** One sentence or phrase of a candidate, counted: words, pairs of neighbours, meanings. */
export interface CountedPassage {
  /** The place of its candidate. */
  owner: number
  /** A multiple of one half. */
  weight: number
  isSingleWord: boolean
  terms: TermVector
}

/** Everything that is counted of some candidates' texts, before any weighting. */
export interface CountedTexts {
  /** How many candidates. */
  size: number
  /** In the order of their owners. */
  passages: readonly CountedPassage[]
}

/** Reads the candidates' texts; their words join the vocabulary. */
export const countTexts = (
  candidates: readonly Candidate[],
  vocabulary: Vocabulary,
  meaningsIn: Meanings,
): CountedTexts => ({
  size: candidates.length,
  passages: candidates.flatMap((candidate, owner) =>
    passagesOf(candidate).map(({ text, weight }): CountedPassage => {
      const words = splitWords(text)
      const english = !isForeign(text, words)
      const terms = words.map((word) => vocabulary.learn(word, english))
      const pairs = pairTermsOf(words, terms)
      const meanings = meaningsIn(text, words).map(vocabulary.learnMeaning)
      return {
        owner,
        weight,
        isSingleWord: words.length < 2,
        terms: countTerms([...terms, ...pairs, ...meanings]),
      }
    }),
  ),
})

/** Without the pairs that one passage alone has: a quarter of all entries, for next to no answer. */
export const withoutLonePairs = ({ size, passages }: CountedTexts): CountedTexts => {
  const holders = new Map<number, number>()
  for (const { terms } of passages) {
    for (const term of terms.terms) holders.set(term, (holders.get(term) ?? 0) + 1)
  }
  const isKept = (term: number) => !isPairTerm(term) || holders.get(term)! > 1
  return {
    size,
    passages: passages.map((passage) => {
      const { terms, weights } = passage.terms
      return {
        ...passage,
        terms: {
          terms: terms.filter(isKept),
          weights: weights.filter((_, at) => isKept(terms[at]!)),
        },
      }
    }),
  }
}
