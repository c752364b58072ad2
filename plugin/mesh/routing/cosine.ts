import { mapWeights, type SparseVector } from "./postings.ts"

const damped = (count: number) => (count > 1 ? 1 + Math.log(count) : count)

/** Term counts as tf-idf weights of length 1, so that the product of two vectors is their cosine. */
export const toUnitVector = (
  vector: SparseVector,
  idfOf: (term: number) => number,
): SparseVector => {
  const weighted = mapWeights(vector, (count, term) => damped(count) * idfOf(term))
  let squares = 0
  for (const weight of weighted.weights) squares += weight * weight
  const length = Math.sqrt(squares)
  return length > 0 ? mapWeights(weighted, (weight) => weight / length) : weighted
}
