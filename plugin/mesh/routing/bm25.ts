import type { Postings } from "./postings.ts"

/** How fast a repeated term stops counting. */
const saturation = 1.2
/** How much a long text is held back, 0 to 1. Specialists with more questions are not worse ones. */
const lengthPenalty = 0.5
/** With a handful of texts every word would look rare or common by chance. */
const fewestTexts = 25

/**
 * Inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5)): positive also for a term that most
 * texts hold. N texts, n of them with the term.
 */
export const inverseFrequency = (texts: number, holders: number): number => {
  const all = Math.max(fewestTexts, texts)
  return Math.log(1 + Math.max(0, all - holders + 0.5) / (holders + 0.5))
}

/** The idf of terms by how many texts hold them; many share a count, and logarithms are slow. */
export const createRarity = (texts: number): ((holders: number) => number) => {
  const byCount: number[] = []
  return (holders) => (byCount[holders] ??= inverseFrequency(texts, holders))
}

/** The sum of the weights of each text. */
export const lengthsOf = ({ owners, weights }: Postings, texts: number): Float64Array => {
  const lengths = new Float64Array(texts)
  for (let slot = 0; slot < owners.length; slot++) lengths[owners[slot]!]! += weights[slot]!
  return lengths
}

/**
 * Turns term counts, in place, into what BM25 makes of them without the idf, which the query
 * carries: tf (k+1) / (tf + k (1 - b + b length/average)), at most k + 1. Robertson and Zaragoza,
 * "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); fields are weighted before.
 */
export const saturate = (
  postings: Postings,
  lengths: Float64Array,
  averageLength: number,
): Postings => {
  const { owners, weights } = postings
  const damping = lengths.map((length) => {
    const relative = averageLength > 0 ? length / averageLength : 1
    return saturation * (1 - lengthPenalty + lengthPenalty * relative)
  })
  for (let slot = 0; slot < weights.length; slot++) {
    const count = weights[slot]!
    weights[slot] = (count * (saturation + 1)) / (count + damping[owners[slot]!]!)
  }
  return postings
}
