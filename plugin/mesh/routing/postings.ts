/** Weighted terms of one text, each term once. */
export interface TermVector {
  terms: Uint32Array
  weights: Float32Array
}

/** Adds up the weights of equal terms. */
export const vectorOf = (
  entries: Iterable<readonly [term: number, weight: number]>,
): TermVector => {
  const sums = new Map<number, number>()
  for (const [term, weight] of entries) sums.set(term, (sums.get(term) ?? 0) + weight)
  return {
    terms: Uint32Array.from(sums.keys()),
    weights: Float32Array.from(sums.values()),
  }
}

/**
 * For each term the texts that hold it: those of term t lie in `owners[offsets[t] .. offsets[t+1]]`,
 * ascending, their counts or weights beside them.
 */
export interface Postings {
  offsets: Uint32Array
  owners: Uint32Array
  weights: Float32Array
}

/** Turns the vectors of texts (owner = position) into postings over the terms 0..terms-1. */
export const invert = (vectors: readonly TermVector[], terms: number): Postings => {
  const offsets = new Uint32Array(terms + 1)
  for (const vector of vectors) for (const term of vector.terms) offsets[term + 1]! += 1
  for (let term = 0; term < terms; term++) offsets[term + 1]! += offsets[term]!
  const owners = new Uint32Array(offsets[terms] ?? 0)
  const weights = new Float32Array(owners.length)
  const next = offsets.slice()
  vectors.forEach((vector, owner) => {
    for (let at = 0; at < vector.terms.length; at++) {
      const slot = next[vector.terms[at]!]!++
      owners[slot] = owner
      weights[slot] = vector.weights[at]!
    }
  })
  return { offsets, owners, weights }
}

/** Σ query weight × posting weight for each owner. Terms newer than the postings match nobody. */
export const accumulate = (
  { offsets, owners, weights }: Postings,
  query: TermVector,
  scores: Float64Array,
): Float64Array => {
  for (let at = 0; at < query.terms.length; at++) {
    const term = query.terms[at]!
    const weight = query.weights[at]!
    if (term + 1 >= offsets.length) continue
    const end = offsets[term + 1]!
    for (let slot = offsets[term]!; slot < end; slot++) {
      scores[owners[slot]!]! += weight * weights[slot]!
    }
  }
  return scores
}

export const holds = ({ offsets, owners }: Postings, term: number, owner: number): boolean =>
  term >= 0 &&
  term + 1 < offsets.length &&
  owners.subarray(offsets[term]!, offsets[term + 1]!).includes(owner)

/** How many texts hold a term. */
export const holdersOf = ({ offsets }: Postings, term: number): number =>
  term >= 0 && term + 1 < offsets.length ? offsets[term + 1]! - offsets[term]! : 0
