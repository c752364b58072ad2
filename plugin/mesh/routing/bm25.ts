import { countRows, type Rows } from "./postings.ts"

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
  return Math.log(1 + (all - holders + 0.5) / (holders + 0.5))
}

/**
 * Turns term counts, in place, into what BM25 makes of them without the idf, which the query
 * carries: tf (k+1) / (tf + k (1 - b + b length/average)), at most k + 1. Robertson and Zaragoza,
 * "The Probabilistic Relevance Framework: BM25 and Beyond" (2009); fields are weighted before.
 */
export const saturate = (rows: Rows, averageLength: number): Rows => {
  const { starts, weights } = rows
  for (let row = 0; row < countRows(rows); row++) {
    let length = 0
    for (let at = starts[row]!; at < starts[row + 1]!; at++) length += weights[at]!
    const relative = averageLength > 0 ? length / averageLength : 1
    const damping = saturation * (1 - lengthPenalty + lengthPenalty * relative)
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const count = weights[at]!
      weights[at] = (count * (saturation + 1)) / (count + damping)
    }
  }
  return rows
}
