import { ngramsOf } from "./ngrams.ts"
import { createRows, invert } from "./postings.ts"

export interface NearWord {
  word: string
  /** Dice coefficient of the two words' grams, 0 to 1. */
  likeness: number
}

export type NearWords = (word: string) => NearWord[]

const gramBits = 16
/** Below this two words share a syllable, not a root. */
const leastLikeness = 0.5
const mostWords = 2

/**
 * Known words that share most of their character 3- and 4-grams with an unknown one: an inflection,
 * a compound, or the same root in another language ("Infrastruktur"). Best first, at most two.
 */
export const createNearWords = (words: readonly string[]): NearWords => {
  const rows = createRows()
  const sizes = new Uint16Array(words.length)
  words.forEach((word, at) => {
    const grams = ngramsOf(word, gramBits)
    sizes[at] = grams.length
    for (const gram of grams) rows.add(gram, 1)
    rows.endRow()
  })
  const { offsets, owners } = invert(rows.rows(), 2 ** gramBits)
  const shared = new Uint16Array(words.length)

  return (word) => {
    const grams = ngramsOf(word, gramBits)
    const touched: number[] = []
    for (const gram of new Set(grams)) {
      for (let slot = offsets[gram]!; slot < offsets[gram + 1]!; slot++) {
        const owner = owners[slot]!
        if (shared[owner] === 0) touched.push(owner)
        shared[owner]! += 1
      }
    }
    const near: NearWord[] = []
    for (const owner of touched) {
      const likeness = (2 * shared[owner]!) / (grams.length + sizes[owner]!)
      shared[owner] = 0
      if (likeness >= leastLikeness) near.push({ word: words[owner]!, likeness })
    }
    return near.toSorted((a, b) => b.likeness - a.likeness).slice(0, mostWords)
  }
}
