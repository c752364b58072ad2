import { inverseFrequency, saturate } from "./bm25.ts"
import { damped, toUnitRows } from "./cosine.ts"
import type { CountedTexts } from "./counted-texts.ts"
import {
  accumulate,
  countHolders,
  countRows,
  createRows,
  holds,
  invert,
  sumOf,
  type Postings,
  type Rows,
} from "./postings.ts"

/** The ways a text is counted: whole texts by BM25, single passages by cosine. */
const layers = ["words", "meanings", "bodies", "passages"] as const
type Layer = (typeof layers)[number]

/** How rare each term is and how long texts are, counted over a whole roster. */
interface Statistics {
  /** idf by term. */
  rarity: Float32Array
  /** idf of a term that no text has. */
  unknown: number
  averageLength: number
}

export interface TextIndex {
  size: number
  statistics: Record<Layer, Statistics>
  postings: Record<Layer, Postings>
  /** The candidate each passage belongs to. */
  passageOwners: Uint32Array
}

const forEachLayer = <T>(make: (layer: Layer) => T): Record<Layer, T> => ({
  words: make("words"),
  meanings: make("meanings"),
  bodies: make("bodies"),
  passages: make("passages"),
})

const countStatistics = (rows: Rows, terms: number): Statistics => {
  const texts = countRows(rows)
  const holders = countHolders(rows, terms)
  return {
    rarity: Float32Array.from(holders, (count) => inverseFrequency(texts, count)),
    unknown: inverseFrequency(texts, 0),
    averageLength: sumOf(rows.weights) / Math.max(1, texts),
  }
}

/** Statistics of a roster for texts that may hold terms it does not have. */
const extended = (known: Statistics, terms: number): Statistics => {
  if (known.rarity.length >= terms) return known
  const rarity = new Float32Array(terms).fill(known.unknown)
  rarity.set(known.rarity)
  return { ...known, rarity }
}

/** Whole texts out of their passages: the words, and apart from them the meanings. */
const wholeTexts = (counted: CountedTexts, isMeaning: (term: number) => boolean) => {
  const words = createRows()
  const meanings = createRows()
  const { starts, terms, weights } = counted.passages
  let passage = 0
  for (let owner = 0; owner < counted.size; owner++) {
    for (; counted.owners[passage] === owner; passage++) {
      const factor = counted.weights[passage]! / 2
      for (let at = starts[passage]!; at < starts[passage + 1]!; at++) {
        const term = terms[at]!
        if (isMeaning(term)) meanings.add(term, weights[at]! * factor)
        else words.add(term, weights[at]! * factor)
      }
    }
    words.endRow()
    meanings.endRow()
  }
  return { words: words.rows(), meanings: meanings.rows() }
}

const copyOf = (rows: Rows): Rows => ({ ...rows, weights: rows.weights.slice() })

/**
 * Weighs counted texts and turns them into postings. Running agents are few and change, so they are
 * indexed apart from the roster but by its statistics (`like`): a score then means the same in both.
 */
export const createTextIndex = (
  counted: CountedTexts,
  terms: number,
  isMeaning: (term: number) => boolean,
  like?: TextIndex,
): TextIndex => {
  const rows: Record<Layer, Rows> = {
    ...wholeTexts(counted, isMeaning),
    bodies: copyOf(counted.bodies),
    passages: copyOf(counted.passages),
  }
  const statistics = forEachLayer((layer) =>
    like ? extended(like.statistics[layer], terms) : countStatistics(rows[layer], terms),
  )
  return {
    size: counted.size,
    statistics,
    postings: forEachLayer((layer) =>
      invert(
        layer === "passages"
          ? toUnitRows(rows[layer], statistics[layer].rarity)
          : saturate(rows[layer], statistics[layer].averageLength),
        terms,
      ),
    ),
    passageOwners: counted.owners,
  }
}

/** What a query asks for: counts of terms, each a single row. */
export interface QueryRows {
  words: Rows
  meanings: Rows
  passages: Rows
  /** How many words no text of the index has. */
  unknown: number
}

/** One number for each candidate and way of counting, all between 0 and about 2. */
export interface Signals {
  words: Float64Array
  meanings: Float64Array
  bodies: Float64Array
  /** Cosine of the best passage. */
  passage: Float64Array
  /** Mean cosine of the three best passages. */
  passages: Float64Array
}

const rarityOfTerm = ({ rarity, unknown }: Statistics, term: number) => rarity[term] ?? unknown

/** BM25 as a share of what a text would get that holds every word of the query once. */
const bm25Scores = (index: TextIndex, layer: Layer, query: Rows, unknown: number) => {
  const statistics = index.statistics[layer]
  const weights = query.weights.map(
    (count, at) => damped(count) * rarityOfTerm(statistics, query.terms[at]!),
  )
  const scores = accumulate(
    index.postings[layer],
    { terms: query.terms, weights },
    new Float64Array(index.size),
  )
  const total = sumOf(weights) + unknown * statistics.unknown
  return total > 0 ? scores.map((score) => score / total) : scores
}

/** Of each owner's passages the best, and the mean of the best three. */
const bestPassages = (scores: Float64Array, owners: Uint32Array, size: number) => {
  const first = new Float64Array(size)
  const second = new Float64Array(size)
  const third = new Float64Array(size)
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!
    if (score === 0) continue
    const owner = owners[at]!
    if (score > first[owner]!) {
      third[owner] = second[owner]!
      second[owner] = first[owner]!
      first[owner] = score
    } else if (score > second[owner]!) {
      third[owner] = second[owner]!
      second[owner] = score
    } else if (score > third[owner]!) third[owner] = score
  }
  return { first, mean: first.map((best, at) => (best + second[at]! + third[at]!) / 3) }
}

export const signalsOf = (index: TextIndex, query: QueryRows): Signals => {
  const { statistics, postings, passageOwners, size } = index
  const single = accumulate(
    postings.passages,
    toUnitRows(copyOf(query.passages), statistics.passages.rarity),
    new Float64Array(passageOwners.length),
  )
  const best = bestPassages(single, passageOwners, size)
  return {
    words: bm25Scores(index, "words", query.words, query.unknown),
    meanings: bm25Scores(index, "meanings", query.meanings, 0),
    bodies: bm25Scores(index, "bodies", query.words, query.unknown),
    passage: best.first,
    passages: best.mean,
  }
}

/** How rare a term is in the whole texts; rarer words say more about who fits. */
export const rarityOf = (index: TextIndex, term: number): number =>
  rarityOfTerm(index.statistics.words, term)

export const hasTerm = (index: TextIndex, layer: "words" | "meanings", term: number, at: number) =>
  holds(index.postings[layer], term, at)
