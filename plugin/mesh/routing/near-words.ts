import { ngramsOf } from "./ngrams.ts"

export interface NearWord {
  word: string
  /** Dice coefficient of the two words' grams, 0 to 1. */
  likeness: number
}

export type NearWords = (word: string) => NearWord[]

const gramBits = 20
/** Below this two words share a syllable, not a root. */
const leastLikeness = 0.5
const mostWords = 2
/** Inflections, compounds and cognates begin alike; only such words are compared. */
const beginning = 3

/** Shared 3- and 4-grams, as twice their number over the number of both words' grams. */
export const likenessOf = (a: readonly number[], b: readonly number[]): number => {
  const left = new Set(a)
  const shared = b.filter((gram) => left.delete(gram)).length
  return a.length + b.length === 0 ? 0 : (2 * shared) / (a.length + b.length)
}

/**
 * Known words that share most of their character 3- and 4-grams with an unknown one: an inflection,
 * a compound, or the same root in another language ("Infrastruktur"). Best first, at most two.
 */
export const createNearWords = (words: Iterable<string>): NearWords => {
  const byBeginning = new Map<string, string[]>()
  for (const word of words) {
    if (word.length <= beginning) continue
    const start = word.slice(0, beginning)
    const others = byBeginning.get(start)
    if (others) others.push(word)
    else byBeginning.set(start, [word])
  }
  return (word) => {
    const grams = ngramsOf(word, gramBits)
    return (byBeginning.get(word.slice(0, beginning)) ?? [])
      .map((other) => ({ word: other, likeness: likenessOf(grams, ngramsOf(other, gramBits)) }))
      .filter(({ likeness }) => likeness >= leastLikeness)
      .toSorted((a, b) => b.likeness - a.likeness)
      .slice(0, mostWords)
  }
}
