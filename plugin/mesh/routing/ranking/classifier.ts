import { createByteWriter, readNumber } from "../packing/bytes.ts"
import { rowOf } from "../packing/row-of.ts"

/**
 * A linear classifier over the roster, trained when the package is built: for each term how much it
 * speaks for each specialist, and for small talk, which comes after the last of them. Counting words treats "slow" alike wherever it stands; this has learnt
 * from the expected questions which words tell neighbours apart.
 */
export interface Classifier {
  /** Ascending. */
  terms: Uint32Array
  /** Where the list of each term begins, and after the last where it ends. */
  starts: Uint32Array
  /** Pairs of a number in LEB128, the distance from the specialist before, and a signed byte. */
  lists: Uint8Array
}

/** What one step of a signed byte is worth in the logit of a query of length 1. */
export const weightStep = 0.4

/** Weights of one term: which specialist, how much. Ascending by specialist. */
export type TermWeights = readonly (readonly [owner: number, weight: number])[]

export const packClassifier = (weights: ReadonlyMap<number, TermWeights>): Classifier => {
  const terms = Uint32Array.from(weights.keys()).sort()
  const starts = new Uint32Array(terms.length + 1)
  const writer = createByteWriter()
  terms.forEach((term, row) => {
    let before = 0
    for (const [owner, weight] of weights.get(term)!) {
      writer.number(owner - before)
      const steps = Math.max(-127, Math.min(127, Math.round(weight / weightStep)))
      writer.bytes(Uint8Array.of(steps))
      before = owner
    }
    starts[row + 1] = writer.length()
  })
  return { terms, starts, lists: writer.take() }
}

/** Adds to each class what the terms say for it, each by its weight in the query. */
export const classify = (
  { terms, starts, lists }: Classifier,
  query: Uint32Array,
  weights: Float64Array,
  scores: Float64Array,
): Float64Array => {
  const cursor = { at: 0 }
  for (let place = 0; place < query.length; place++) {
    const weight = weights[place]! * weightStep
    const row = weight === 0 ? -1 : rowOf(terms, query[place]!)
    if (row < 0) continue
    const end = starts[row + 1]!
    let owner = 0
    cursor.at = starts[row]!
    while (cursor.at < end) {
      owner += readNumber(lists, cursor)
      scores[owner]! += weight * ((lists[cursor.at++]! << 24) >> 24)
    }
  }
  return scores
}
