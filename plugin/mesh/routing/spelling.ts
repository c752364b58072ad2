import type { PackedWords } from "./word-table.ts"

/** Longer words are names and data; their slips are not worth the time. */
const longestWord = 30

/**
 * A function for the Damerau-Levenshtein distance (optimal string alignment: insert, delete,
 * replace, swap two neighbours) of words up to 30 letters, or `limit + 1` once it is sure to exceed
 * the limit. Its three rows are used again and again: it runs thousands of times for a query.
 */
export const createEditDistance = () => {
  let twoAgo = new Uint8Array(longestWord + 2)
  let previous = new Uint8Array(longestWord + 2)
  let current = new Uint8Array(longestWord + 2)
  return (a: Uint8Array, b: Uint8Array, limit: number): number => {
    if (Math.abs(a.length - b.length) > limit) return limit + 1
    if (a.length > longestWord || b.length > longestWord) return limit + 1
    for (let j = 0; j <= b.length; j++) previous[j] = j
    for (let i = 1; i <= a.length; i++) {
      current[0] = i
      let lowest = i
      for (let j = 1; j <= b.length; j++) {
        const same = a[i - 1] === b[j - 1]
        let cost = Math.min(
          previous[j]! + 1,
          current[j - 1]! + 1,
          previous[j - 1]! + (same ? 0 : 1),
        )
        const swapped =
          i > 1 &&
          j > 1 &&
          a[i - 1] === b[j - 2] &&
          a[i - 2] === b[j - 1]
        if (swapped) cost = Math.min(cost, twoAgo[j - 2]! + 1)
        current[j] = cost
        if (cost < lowest) lowest = cost
      }
      if (lowest > limit) return limit + 1
      const spare = twoAgo
      twoAgo = previous
      previous = current
      current = spare
    }
    return previous[b.length]!
  }
}

/** One bit for each letter: two words within distance d differ in at most 2 d of them. */
const lettersOf = (word: Uint8Array): number => {
  let letters = 0
  for (const letter of word) letters |= 1 << (letter & 31)
  return letters
}

const countBits = (bits: number): number => {
  let rest = bits - ((bits >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Short words have too many neighbours: with two edits "cat" is also "bug". */
const limitFor = (word: Uint8Array) => (word.length < 3 ? 0 : word.length < 5 ? 1 : 2)

const isLatin = (word: Uint8Array) => {
  for (const letter of word) if (letter < 97 || letter > 122) return false
  return true
}

export interface Correction {
  word: string
  /** How sure it is, 0 to 1: one slip in a long word is surer than two in a short one. */
  weight: number
}

export type Spelling = (word: string) => Correction[]

/** Words and how often each occurs; one that never does is not corrected to. */
export interface CountedWords {
  words: PackedWords
  counts: ArrayLike<number>
}

/**
 * Known words close to an unknown one, best first, at most two. Of equally close ones the more
 * frequent wins. The words are read where they lie: thousands of strings would be made for a few.
 */
export const createSpelling = ({ words: { text, starts }, counts }: CountedWords): Spelling => {
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  const wordAt = (entry: number) => text.subarray(starts[entry], starts[entry + 1])
  const isKnown = (entry: number) => {
    const length = starts[entry + 1]! - starts[entry]!
    return counts[entry]! > 0 && length >= 3 && length <= longestWord && isLatin(wordAt(entry))
  }
  const known = Uint32Array.from({ length: starts.length - 1 }, (_, entry) => entry).filter(isKnown)
  const letters = Int32Array.from(known, (entry) => lettersOf(wordAt(entry)))
  const lengths = Uint8Array.from(known, (entry) => starts[entry + 1]! - starts[entry]!)
  const editDistance = createEditDistance()

  return (typed) => {
    const word = encoder.encode(typed)
    const limit = limitFor(word)
    if (limit === 0 || word.length > longestWord || !isLatin(word)) return []
    const own = lettersOf(word)
    const found: { entry: number; cost: number; distance: number }[] = []
    for (let at = 0; at < known.length; at++) {
      if (Math.abs(lengths[at]! - word.length) > limit) continue
      if (countBits(letters[at]! ^ own) > 2 * limit) continue
      const entry = known[at]!
      const other = wordAt(entry)
      const distance = editDistance(word, other, limit)
      if (distance > limit) continue
      // The first letter is rarely the wrong one, and a swap keeps all letters.
      const first = word[0] === other[0] ? 0 : 0.7
      const swapped = distance > 0 && letters[at] === own && word.length === other.length ? 0.4 : 0
      const frequency = Math.log1p(counts[entry]!) / 10
      found.push({ entry, distance, cost: distance + first - swapped - frequency })
    }
    const best = found.toSorted((a, b) => a.cost - b.cost).slice(0, 2)
    const lowest = best[0]?.cost ?? 0
    return best
      .filter(({ cost }) => cost <= lowest + 0.5)
      .map(({ entry, distance }, rank) => ({
        word: decoder.decode(wordAt(entry)),
        weight: Math.max(0.2, 1 - distance / word.length) / (rank + 1),
      }))
  }
}
