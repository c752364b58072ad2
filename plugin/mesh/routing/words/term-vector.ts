/** Weighted terms of one text, each term once. */
export interface TermVector {
  terms: Uint32Array
  weights: Float32Array
}

/** A vector of terms and their weights. */
export const vectorOf = (sums: ReadonlyMap<number, number>): TermVector => {
  const terms = new Uint32Array(sums.size)
  const weights = new Float32Array(sums.size)
  let at = 0
  sums.forEach((weight, term) => {
    terms[at] = term
    weights[at++] = weight
  })
  return { terms, weights }
}

/** How often each term comes. */
export const countTerms = (terms: readonly number[]): TermVector => {
  const sums = new Map<number, number>()
  for (const term of terms) sums.set(term, (sums.get(term) ?? 0) + 1)
  return vectorOf(sums)
}

/** A term that comes ten times says little more than one that comes twice. */
export const damped = (count: number): number => (count > 1 ? 1 + Math.log(count) : count)
