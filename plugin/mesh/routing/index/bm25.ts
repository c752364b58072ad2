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

/** How much of a count a text of this length takes away, beside the average one. */
export const dampingOf = (length: number, average: number): number => {
  const relative = average > 0 ? length / average : 1
  return saturation * (1 - lengthPenalty + lengthPenalty * relative)
}

/**
 * What BM25 makes of a term's count without the idf: tf (k+1) / (tf + k (1 - b + b length/average)),
 * at most k + 1. Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond"
 * (2009); fields are weighted before.
 */
export const saturated = (count: number, damping: number): number =>
  (count * (saturation + 1)) / (count + damping)
