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
import type { Vocabulary } from "./vocabulary.ts"

/** The ways a text is counted: whole texts by BM25, single passages by cosine. */
type Layer = "words" | "meanings" | "passages"

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
  passages: make("passages"),
})

const countStatistics = (rows: Rows, terms: number): Statistics => {
  const texts = countRows(rows)
  const holders = countHolders(rows, terms)
  const rarity = new Float32Array(terms)
  // Most terms have the count of some other, and a logarithm is slower than a look.
  const known = new Map<number, number>()
  for (let term = 0; term < terms; term++) {
    const count = holders[term]!
    let value = known.get(count)
    if (value === undefined) known.set(count, (value = inverseFrequency(texts, count)))
    rarity[term] = value
  }
  return {
    rarity,
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
const wholeTexts = (counted: CountedTexts, vocabulary: Vocabulary) => {
  const words = createRows()
  const meanings = createRows()
  const { starts, terms, weights } = counted.passages
  let passage = 0
  for (let owner = 0; owner < counted.size; owner++) {
    for (; counted.owners[passage] === owner; passage++) {
      const factor = counted.weights[passage]! / 2
      for (let at = starts[passage]!; at < starts[passage + 1]!; at++) {
        const term = terms[at]!
        if (vocabulary.isContent(term)) words.add(term, weights[at]! * factor)
        else if (vocabulary.isMeaning(term)) meanings.add(term, weights[at]! * factor)
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
  vocabulary: Vocabulary,
  like?: TextIndex,
): TextIndex => {
  const terms = vocabulary.size()
  const rows: Record<Layer, Rows> = {
    ...wholeTexts(counted, vocabulary),
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
  /** BM25 of the whole text, as a share of what holding each word of the query once would give. */
  words: Float64Array
  /** The same for meanings. */
  meanings: Float64Array
  /** How near the single passages come: the 3-norm of their cosines, which the best few decide. */
  passages: Float64Array
}

const rarityOfTerm = ({ rarity, unknown }: Statistics, term: number) => rarity[term] ?? unknown

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

const passageScores = ({ statistics, postings, passageOwners, size }: TextIndex, query: Rows) => {
  const cosines = accumulate(
    postings.passages,
    toUnitRows(copyOf(query), statistics.passages.rarity),
    new Float64Array(passageOwners.length),
  )
  const cubes = new Float64Array(size)
  for (let at = 0; at < cosines.length; at++) cubes[passageOwners[at]!]! += cosines[at]! ** 3
  return cubes.map(Math.cbrt)
}

export const signalsOf = (index: TextIndex, query: QueryRows): Signals => ({
  words: bm25Scores(index, "words", query.words, query.unknown),
  meanings: bm25Scores(index, "meanings", query.meanings, 0),
  passages: passageScores(index, query.passages),
})

/** How rare a term is in the whole texts; rarer words say more about who fits. */
export const rarityOf = (index: TextIndex, term: number): number =>
  rarityOfTerm(index.statistics.words, term)

export const hasTerm = (index: TextIndex, layer: "words" | "meanings", term: number, at: number) =>
  holds(index.postings[layer], term, at)
