/** Term ids with their weights, each id once. */
export interface SparseVector {
  terms: Uint32Array
  weights: Float32Array
}

/**
 * Adds up terms into a sparse vector and starts anew with the next. A dense array beneath is several
 * times faster than a map, and building the index is what the first query waits for.
 */
export const createCollector = () => {
  let sums = new Float32Array(4096)
  let touched: number[] = []
  return {
    add(term: number, weight: number) {
      if (term >= sums.length) {
        const larger = new Float32Array(Math.max(term + 1, sums.length * 2))
        larger.set(sums)
        sums = larger
      }
      if (sums[term] === 0) touched.push(term)
      sums[term]! += weight
    },
    /** The sums so far; afterwards the collector is empty. */
    take(): SparseVector {
      const terms = Uint32Array.from(touched)
      const weights = new Float32Array(terms.length)
      for (let at = 0; at < terms.length; at++) {
        weights[at] = sums[terms[at]!]!
        sums[terms[at]!] = 0
      }
      touched = []
      return { terms, weights }
    },
  }
}

/** The same terms with other weights. */
export const mapWeights = (
  { terms, weights }: SparseVector,
  change: (weight: number, term: number) => number,
): SparseVector => ({ terms, weights: weights.map((weight, at) => change(weight, terms[at]!)) })

export const sumOf = (numbers: Float32Array): number => {
  let sum = 0
  for (const number of numbers) sum += number
  return sum
}

/**
 * For each term the owners that hold it: those of term t lie in `owners[offsets[t] .. offsets[t+1]]`,
 * their weights beside them.
 */
export interface Postings {
  offsets: Uint32Array
  owners: Uint32Array
  weights: Float32Array
}

/** Turns vectors (owner = position) into postings over the terms 0..terms-1. */
export const invert = (vectors: readonly SparseVector[], terms: number): Postings => {
  const offsets = new Uint32Array(terms + 1)
  for (const vector of vectors) for (const term of vector.terms) offsets[term + 1]! += 1
  for (let term = 0; term < terms; term++) offsets[term + 1]! += offsets[term]!
  const owners = new Uint32Array(offsets[terms] ?? 0)
  const weights = new Float32Array(owners.length)
  const next = offsets.slice()
  for (let owner = 0; owner < vectors.length; owner++) {
    const vector = vectors[owner]!
    for (let at = 0; at < vector.terms.length; at++) {
      const slot = next[vector.terms[at]!]!++
      owners[slot] = owner
      weights[slot] = vector.weights[at]!
    }
  }
  return { offsets, owners, weights }
}

/** How many vectors hold each of the terms 0..terms-1. */
export const countHolders = (vectors: readonly SparseVector[], terms: number): Uint32Array => {
  const holders = new Uint32Array(terms)
  for (const vector of vectors) for (const term of vector.terms) holders[term]! += 1
  return holders
}

/** Σ query weight × posting weight for each owner. Terms newer than the postings match nobody. */
export const accumulate = (
  { offsets, owners, weights }: Postings,
  query: SparseVector,
  scores: Float64Array,
): Float64Array => {
  scores.fill(0)
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

export const holds = ({ offsets, owners }: Postings, term: number, owner: number): boolean => {
  if (term + 1 >= offsets.length) return false
  return owners.subarray(offsets[term]!, offsets[term + 1]!).includes(owner)
}
