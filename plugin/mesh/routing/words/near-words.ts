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
const likenessOf = (own: ReadonlySet<number>, size: number, other: readonly number[]): number => {
  let shared = 0
  for (const gram of other) if (own.has(gram)) shared += 1
  return size + other.length === 0 ? 0 : (2 * shared) / (size + other.length)
}

/**
 * Known words that share most of their character 3- and 4-grams with an unknown one: an inflection,
 * a compound, or the same root in another language ("Infrastruktur"). Best first, at most two.
 */
export const createNearWords =
  (wordsFrom: (beginning: string) => Iterable<string>): NearWords =>
  (word) => {
    if (word.length <= beginning) return []
    const grams = ngramsOf(word, gramBits)
    const own = new Set(grams)
    const found: NearWord[] = []
    for (const other of wordsFrom(word.slice(0, beginning))) {
      if (other.length <= beginning) continue
      const likeness = likenessOf(own, grams.length, ngramsOf(other, gramBits))
      if (likeness >= leastLikeness) found.push({ word: other, likeness })
    }
    return found.toSorted((a, b) => b.likeness - a.likeness).slice(0, mostWords)
  }
