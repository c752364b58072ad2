/**
 * Damerau-Levenshtein distance (optimal string alignment: insert, delete, replace, swap two
 * neighbours), or `limit + 1` once it is sure to exceed the limit.
 */
export const editDistance = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let twoAgo: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    let lowest = i
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let cost = Math.min(
        (previous[j] ?? 0) + 1,
        (current[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1),
      )
      const swapped =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (swapped) cost = Math.min(cost, (twoAgo[j - 2] ?? 0) + 1)
      current[j] = cost
      lowest = Math.min(lowest, cost)
    }
    if (lowest > limit) return limit + 1
    twoAgo = previous
    previous = current
  }
  return previous[b.length] ?? limit + 1
}

/** One bit for each letter: two words within distance d differ in at most 2 d of them. */
const lettersOf = (word: string): number => {
  let letters = 0
  for (let at = 0; at < word.length; at++) letters |= 1 << word.charCodeAt(at) % 32
  return letters
}

const countBits = (bits: number): number => {
  let rest = bits - ((bits >>> 1) & 0x55555555)
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333)
  return Math.imul((rest + (rest >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Short words have too many neighbours: with two edits "cat" is also "bug". */
const limitFor = (word: string) => (word.length < 3 ? 0 : word.length < 5 ? 1 : 2)

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
export const createSpelling = (words: ReadonlyMap<string, number>): Spelling => {
  const known = [...words.keys()].filter((word) => word.length >= 3 && /^[a-z]+$/.test(word))
  const letters = Int32Array.from(known, lettersOf)

  return (word) => {
    const limit = limitFor(word)
    if (limit === 0 || !/^[a-z]+$/.test(word)) return []
    const own = lettersOf(word)
    const found: { word: string; cost: number; distance: number }[] = []
    for (let at = 0; at < known.length; at++) {
      if (countBits((letters[at] ?? 0) ^ own) > 2 * limit) continue
      const other = known[at] ?? ""
      const distance = editDistance(word, other, limit)
      if (distance > limit) continue
      // The first letter is rarely the wrong one, and a swap keeps all letters.
      const first = word[0] === other[0] ? 0 : 0.7
      const swapped = distance > 0 && letters[at] === own && word.length === other.length ? 0.4 : 0
      const frequency = Math.log1p(words.get(other) ?? 0) / 10
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
