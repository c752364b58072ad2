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

/** A term that comes ten times says little more than one that comes twice. */
export const damped = (count: number): number => (count > 1 ? 1 + Math.log(count) : count)
