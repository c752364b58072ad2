import type { Postings, TermVector } from "./postings.ts"

/** A term that comes ten times says little more than one that comes twice. */
export const damped = (count: number): number => (count > 1 ? 1 + Math.log(count) : count)

const inverseLength = (squares: number) => (squares > 0 ? 1 / Math.sqrt(squares) : 0)

/** Term counts as a tf-idf vector of length 1. */
export const toUnitVector = (
  { terms, weights }: TermVector,
  rarityOf: (term: number) => number,
): TermVector => {
  let squares = 0
  const weighted = weights.map((count, at) => {
    const weight = damped(count) * rarityOf(terms[at]!)
    squares += weight * weight
    return weight
  })
  const scale = inverseLength(squares)
  return { terms, weights: weighted.map((weight) => weight * scale) }
}

/**
 * Turns the term counts of texts, in place, into tf-idf vectors of length 1: accumulated for a unit
 * vector, the scores are cosines.
 */
export const toUnitTexts = (
  postings: Postings,
  rarityOf: (term: number) => number,
  texts: number,
): Postings => {
  const { offsets, owners, weights } = postings
  const scales = new Float64Array(texts)
  for (let term = 0; term + 1 < offsets.length; term++) {
    const end = offsets[term + 1]!
    if (offsets[term] === end) continue
    const rarity = rarityOf(term)
    for (let slot = offsets[term]!; slot < end; slot++) {
      const weight = damped(weights[slot]!) * rarity
      weights[slot] = weight
      scales[owners[slot]!]! += weight * weight
    }
  }
  for (let text = 0; text < texts; text++) scales[text] = inverseLength(scales[text]!)
  for (let slot = 0; slot < weights.length; slot++) weights[slot]! *= scales[owners[slot]!]!
  return postings
}
