import { countRows, type Rows } from "./postings.ts"

/** A term that comes ten times says little more than one that comes twice. */
export const damped = (count: number): number => (count > 1 ? 1 + Math.log(count) : count)

/** Turns term counts, in place, into tf-idf rows of length 1: the product of two is their cosine. */
export const toUnitRows = (rows: Rows, rarity: Float32Array): Rows => {
  const { starts, terms, weights } = rows
  for (let row = 0; row < countRows(rows); row++) {
    const end = starts[row + 1]!
    let squares = 0
    for (let at = starts[row]!; at < end; at++) {
      const weight = damped(weights[at]!) * rarity[terms[at]!]!
      weights[at] = weight
      squares += weight * weight
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 1
    for (let at = starts[row]!; at < end; at++) weights[at]! *= scale
  }
  return rows
}
