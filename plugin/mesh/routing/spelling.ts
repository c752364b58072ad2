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
  return (a: string, b: string, limit: number): number => {
    if (Math.abs(a.length - b.length) > limit) return limit + 1
    if (a.length > longestWord || b.length > longestWord) return a === b ? 0 : limit + 1
    for (let j = 0; j <= b.length; j++) previous[j] = j
    for (let i = 1; i <= a.length; i++) {
      current[0] = i
      let lowest = i
      for (let j = 1; j <= b.length; j++) {
        const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
        let cost = Math.min(
          previous[j]! + 1,
          current[j - 1]! + 1,
          previous[j - 1]! + (same ? 0 : 1),
        )
        const swapped =
          i > 1 &&
          j > 1 &&
          a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
          a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
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
const lettersOf = (word: string): number => {
  let letters = 0
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) % 32)
  return letters
}

const countBits = (bits: number): number => {
  let rest = bits - ((bits >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Short words have too many neighbours: with two edits "cat" is also "bug". */
const limitFor = (word: string) => (word.length < 3 ? 0 : word.length < 5 ? 1 : 2)

const isLatin = (word: string) => /^[a-z]+$/.test(word)

export interface Correction {
  word: string
  /** How sure it is, 0 to 1: one slip in a long word is surer than two in a short one. */
  weight: number
}

export type Spelling = (word: string) => Correction[]

/**
 * Known words close to an unknown one, best first, at most two. Of equally close ones the more
 * frequent wins: `words` maps each known word to how often it occurs.
 */
export const createSpelling = (
  words: Iterable<readonly [word: string, count: number]>,
): Spelling => {
  const known: string[] = []
  const counts: number[] = []
  for (const [word, count] of words) {
    if (word.length < 3 || word.length > longestWord || !isLatin(word)) continue
    known.push(word)
    counts.push(count)
  }
  const letters = Int32Array.from(known, lettersOf)
  const editDistance = createEditDistance()

  return (word) => {
    const limit = limitFor(word)
    if (limit === 0 || !isLatin(word)) return []
    const own = lettersOf(word)
    const found: { word: string; cost: number; distance: number }[] = []
    for (let at = 0; at < known.length; at++) {
      if (countBits(letters[at]! ^ own) > 2 * limit) continue
      const other = known[at]!
      const distance = editDistance(word, other, limit)
      if (distance > limit) continue
      // The first letter is rarely the wrong one, and a swap keeps all letters.
      const first = word[0] === other[0] ? 0 : 0.7
      const swapped = distance > 0 && letters[at] === own && word.length === other.length ? 0.4 : 0
      const frequency = Math.log1p(counts[at]!) / 10
      found.push({ word: other, distance, cost: distance + first - swapped - frequency })
    }
    const best = found.toSorted((a, b) => a.cost - b.cost).slice(0, 2)
    const lowest = best[0]?.cost ?? 0
    return best
      .filter(({ cost }) => cost <= lowest + 0.5)
      .map((candidate, rank) => ({
        word: candidate.word,
        weight: Math.max(0.2, 1 - candidate.distance / word.length) / (rank + 1),
      }))
  }
}
