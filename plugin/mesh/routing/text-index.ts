import { inverseFrequency, saturate } from "./bm25.ts"
import { passagesOf, type Candidate } from "./corpus.ts"
import { damped, toUnitRows } from "./cosine.ts"
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
import { gramBits, type Reader } from "./reader.ts"

const gramTerms = 2 ** gramBits

/** The ways a text is counted: whole texts by BM25, grams and single passages by cosine. */
const layers = ["words", "meanings", "body", "grams", "passages"] as const
type Layer = (typeof layers)[number]

/** How rare each term is and how long texts are, counted over a whole roster. */
interface Statistics {
  /** idf by term. */
  rarity: Float32Array
  /** idf of a term that no text has. */
  unknown: number
  averageLength: number
}

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

export interface TextIndex {
  size: number
  statistics: Record<Layer, Statistics>
  postings: Record<Layer, Postings>
  /** The candidate each passage belongs to. */
  passageOwners: Uint32Array
}

const forEachLayer = <T>(make: (layer: Layer) => T) =>
  Object.fromEntries(layers.map((layer) => [layer, make(layer)])) as Record<Layer, T>

/**
 * Counts candidates into an index. Running agents are few and change, so they are counted apart from
 * the roster but by its statistics (`like`): a score then means the same in both.
 */
export const createTextIndex = (
  candidates: readonly Candidate[],
  reader: Reader,
  like?: TextIndex,
): TextIndex => {
  const rows = forEachLayer(createRows)
  const passageOwners: number[] = []

  candidates.forEach((candidate, owner) => {
    const weightOfWord = new Map<string, number>()
    for (const { text, weight } of passagesOf(candidate)) {
      const reading = reader.read(text)
      for (const word of reading.words) {
        const { term } = reader.learn(word)
        if (term < 0) continue
        weightOfWord.set(word, (weightOfWord.get(word) ?? 0) + weight)
        rows.passages.add(term, 1)
      }
      for (const meaning of reading.meanings) {
        const term = reader.learnMeaning(meaning)
        rows.meanings.add(term, weight)
        rows.passages.add(term, 1)
      }
      rows.passages.endRow()
      passageOwners.push(owner)
    }
    for (const [word, weight] of weightOfWord) {
      const lexeme = reader.learn(word)
      rows.words.add(lexeme.term, weight)
      for (const gram of lexeme.grams) rows.grams.add(gram, weight)
    }
    for (const word of candidate.body === undefined ? [] : reader.words(candidate.body)) {
      const { term } = reader.learn(word)
      if (term >= 0) rows.body.add(term, 1)
    }
    for (const layer of layers) if (layer !== "passages") rows[layer].endRow()
  })

  const termsOf = (layer: Layer) => (layer === "grams" ? gramTerms : reader.termCount())
  const collected = forEachLayer((layer) => rows[layer].rows())
  const statistics = forEachLayer((layer) =>
    like
      ? extended(like.statistics[layer], termsOf(layer))
      : countStatistics(collected[layer], termsOf(layer)),
  )
  const postings = forEachLayer((layer) => {
    const counted =
      layer === "grams" || layer === "passages"
        ? toUnitRows(collected[layer], statistics[layer].rarity)
        : saturate(collected[layer], statistics[layer].averageLength)
    return invert(counted, termsOf(layer))
  })
  return {
    size: candidates.length,
    statistics,
    postings,
    passageOwners: Uint32Array.from(passageOwners),
  }
}

/** What a query asks for: counts of terms, each as a single row. */
export interface QueryRows {
  words: Rows
  meanings: Rows
  grams: Rows
  passages: Rows
  /** Weight of the words that no text of the index has. */
  unknown: number
}

/** One number for each candidate and way of counting, all between 0 and about 2. */
export interface Signals {
  words: Float64Array
  meanings: Float64Array
  body: Float64Array
  grams: Float64Array
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

const copyOf = (rows: Rows): Rows => ({ ...rows, weights: rows.weights.slice() })

const cosineScores = (index: TextIndex, layer: Layer, query: Rows, size: number) =>
  accumulate(
    index.postings[layer],
    toUnitRows(copyOf(query), index.statistics[layer].rarity),
    new Float64Array(size),
  )

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
  const single = cosineScores(index, "passages", query.passages, index.passageOwners.length)
  const best = bestPassages(single, index.passageOwners, index.size)
  return {
    words: bm25Scores(index, "words", query.words, query.unknown),
    meanings: bm25Scores(index, "meanings", query.meanings, 0),
    body: bm25Scores(index, "body", query.words, query.unknown),
    grams: cosineScores(index, "grams", query.grams, index.size),
    passage: best.first,
    passages: best.mean,
  }
}

/** How rare a term is in the whole texts; rarer words say more about who fits. */
export const rarityOf = (index: TextIndex, term: number): number =>
  rarityOfTerm(index.statistics.words, term)

export const hasTerm = (index: TextIndex, layer: "words" | "meanings", term: number, at: number) =>
  holds(index.postings[layer], term, at)
