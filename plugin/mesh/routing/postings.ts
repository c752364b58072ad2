/** Weighted terms of one text, each term once. */
export interface SparseVector {
  terms: Uint32Array
  weights: Float32Array
}

/** Many vectors in one piece of memory: those of row r lie in `starts[r] .. starts[r + 1]`. */
export interface Rows extends SparseVector {
  starts: Uint32Array
}

const grown = <T extends Uint32Array | Float32Array>(larger: T, smaller: T): T => {
  larger.set(smaller)
  return larger
}

/**
 * Collects rows term by term; a term added twice to a row is added up. Few large arrays instead of
 * thousands of small ones: the first query waits for this.
 */
export const createRows = () => {
  let terms = new Uint32Array(4096)
  let weights = new Float32Array(4096)
  let starts = new Uint32Array(256)
  let rows = 0
  let used = 0
  // Of each term the place of its last mention, which counts if it lies in the row being written.
  let places = new Uint32Array(4096)
  return {
    add(term: number, weight: number) {
      if (term >= places.length) places = grown(new Uint32Array((term + 1) * 2), places)
      const place = places[term]! - 1
      if (place >= starts[rows]!) {
        weights[place]! += weight
        return
      }
      if (used === terms.length) {
        terms = grown(new Uint32Array(used * 2), terms)
        weights = grown(new Float32Array(used * 2), weights)
      }
      terms[used] = term
      weights[used] = weight
      used += 1
      places[term] = used
    },
    endRow() {
      rows += 1
      if (rows >= starts.length) starts = grown(new Uint32Array(rows * 2), starts)
      starts[rows] = used
    },
    rows: (): Rows => ({
      starts: starts.slice(0, rows + 1),
      terms: terms.slice(0, used),
      weights: weights.slice(0, used),
    }),
  }
}

/** One row as a vector. */
export const vectorOf = (entries: Iterable<readonly [term: number, weight: number]>): Rows => {
  const sums = new Map<number, number>()
  for (const [term, weight] of entries) sums.set(term, (sums.get(term) ?? 0) + weight)
  return {
    starts: Uint32Array.of(0, sums.size),
    terms: Uint32Array.from(sums.keys()),
    weights: Float32Array.from(sums.values()),
  }
}

export const countRows = ({ starts }: Rows): number => starts.length - 1

/** How many rows hold each of the terms 0..terms-1. */
export const countHolders = (rows: Rows, terms: number): Uint32Array => {
  const holders = new Uint32Array(terms)
  for (const term of rows.terms) holders[term]! += 1
  return holders
}

export const sumOf = (numbers: Float32Array): number => {
  let sum = 0
  for (let at = 0; at < numbers.length; at++) sum += numbers[at]!
  return sum
}

/**
 * For each term the rows that hold it: those of term t lie in `owners[offsets[t] .. offsets[t+1]]`,
 * their weights beside them.
 */
export interface Postings {
  offsets: Uint32Array
  owners: Uint32Array
  weights: Float32Array
}

export const invert = (rows: Rows, terms: number): Postings => {
  const offsets = new Uint32Array(terms + 1)
  for (let at = 0; at < rows.terms.length; at++) offsets[rows.terms[at]! + 1]! += 1
  for (let term = 0; term < terms; term++) offsets[term + 1]! += offsets[term]!
  const owners = new Uint32Array(rows.terms.length)
  const weights = new Float32Array(rows.terms.length)
  const next = offsets.slice()
  for (let row = 0; row < countRows(rows); row++) {
    for (let at = rows.starts[row]!; at < rows.starts[row + 1]!; at++) {
      const slot = next[rows.terms[at]!]!++
      owners[slot] = row
      weights[slot] = rows.weights[at]!
    }
  }
  return { offsets, owners, weights }
}

/** Σ query weight × posting weight for each row. Terms newer than the postings match nobody. */
export const accumulate = (
  { offsets, owners, weights }: Postings,
  query: SparseVector,
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
