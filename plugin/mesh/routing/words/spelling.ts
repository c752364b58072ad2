import type { PackedWords } from "../packing/word-table.ts"
import { createEditDistance } from "../../model/words/edit-distance.ts"

/** Longer words are names and data; their slips are not worth the time. */
const longestWord = 30

/** One bit for each letter: two words within distance d differ in at most 2 d of them. */
const lettersOf = (text: Uint8Array, from = 0, to = text.length): number => {
  let letters = 0
  for (let at = from; at < to; at++) letters |= 1 << (text[at]! & 31)
  return letters
}

const countBits = (bits: number): number => {
  let rest = bits - ((bits >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Short words have too many neighbours: with two edits "cat" is also "bug". */
const limitFor = (word: Uint8Array) => (word.length < 3 ? 0 : word.length < 5 ? 1 : 2)

const isLatin = (text: Uint8Array, from = 0, to = text.length) => {
  for (let at = from; at < to; at++) if (text[at]! < 97 || text[at]! > 122) return false
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
  const known: number[] = []
  for (let entry = 0; entry + 1 < starts.length; entry++) {
    const from = starts[entry]!
    const to = starts[entry + 1]!
    const isWord = to - from >= 3 && to - from <= longestWord && isLatin(text, from, to)
    if (isWord && counts[entry]! > 0) known.push(entry)
  }
  const entries = Uint32Array.from(known)
  const letters = Int32Array.from(known, (entry) =>
    lettersOf(text, starts[entry]!, starts[entry + 1]!),
  )
  const editDistance = createEditDistance(longestWord)

  return (typed) => {
    const word = encoder.encode(typed)
    const limit = limitFor(word)
    if (limit === 0 || word.length > longestWord || !isLatin(word)) return []
    const own = lettersOf(word)
    const found: { entry: number; cost: number; distance: number }[] = []
    for (let at = 0; at < entries.length; at++) {
      if (countBits(letters[at]! ^ own) > 2 * limit) continue
      const entry = entries[at]!
      const from = starts[entry]!
      const length = starts[entry + 1]! - from
      const distance = editDistance(word, text, limit, from, length)
      if (distance > limit) continue
      // The first letter is rarely the wrong one, and a swap keeps all letters.
      const first = word[0] === text[from] ? 0 : 0.7
      const swapped = distance > 0 && letters[at] === own && word.length === length ? 0.4 : 0
      const frequency = Math.log1p(counts[entry]!) / 10
      found.push({ entry, distance, cost: distance + first - swapped - frequency })
    }
    const best = found.toSorted((a, b) => a.cost - b.cost).slice(0, 2)
    const lowest = best[0]?.cost ?? 0
    return best
      .filter(({ cost }) => cost <= lowest + 0.5)
      .map(({ entry, distance }, rank) => ({
        word: decoder.decode(text.subarray(starts[entry], starts[entry + 1])),
        weight: Math.max(0.2, 1 - distance / word.length) / (rank + 1),
      }))
  }
}
