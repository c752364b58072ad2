import { inverseFrequency, saturate } from "./bm25.ts"
import { passagesOf, type Candidate } from "./corpus.ts"
import { toUnitVector } from "./cosine.ts"
import {
  accumulate,
  countHolders,
  createCollector,
  holds,
  invert,
  sumOf,
  type Postings,
  type SparseVector,
} from "./postings.ts"
import { gramBits, type Reader } from "./reader.ts"

const gramTerms = 2 ** gramBits

/** How rare terms are and how long texts are, counted over a whole roster. */
interface Statistics {
  texts: number
  holders: Uint32Array
  averageLength: number
}

const countStatistics = (vectors: readonly SparseVector[], terms: number): Statistics => ({
  texts: vectors.length,
  holders: countHolders(vectors, terms),
  averageLength:
    vectors.reduce((sum, vector) => sum + sumOf(vector.weights), 0) / Math.max(1, vectors.length),
})

const rarityIn =
  ({ texts, holders }: Statistics) =>
  (term: number): number =>
    inverseFrequency(texts, holders[term] ?? 0)

/** The ways a text is counted: whole texts by BM25, grams and single passages by cosine. */
type Layer = "words" | "meanings" | "body" | "grams" | "passages"

export interface TextIndex {
  size: number
  statistics: Record<Layer, Statistics>
  postings: Record<Layer, Postings>
  /** The candidate each passage belongs to. */
  passageOwners: Uint32Array
}

/** How often each word of the texts occurs: the dictionary to correct slips by, and their style. */
export type WordCounts = Map<string, number>

/**
 * Counts candidates into an index. Running agents are few and change, so they are counted apart from
 * the roster but by its statistics (`like`): a score then means the same in both.
 */
export const createTextIndex = (
  candidates: readonly Candidate[],
  reader: Reader,
  like?: TextIndex,
): TextIndex & { wordCounts: WordCounts } => {
  const vectors: Record<Layer, SparseVector[]> = {
    words: [],
    meanings: [],
    body: [],
    grams: [],
    passages: [],
  }
  const passageOwners: number[] = []
  const wordCounts: WordCounts = new Map()
  const words = createCollector()
  const meanings = createCollector()
  const grams = createCollector()
  const single = createCollector()

  candidates.forEach((candidate, owner) => {
    const weightOfWord = new Map<string, number>()
    for (const { text, weight } of passagesOf(candidate)) {
      const reading = reader.read(text)
      for (const word of reading.words) {
        wordCounts.set(word, (wordCounts.get(word) ?? 0) + 1)
        const { term } = reader.learn(word)
        if (term < 0) continue
        weightOfWord.set(word, (weightOfWord.get(word) ?? 0) + weight)
        single.add(term, 1)
      }
      for (const meaning of reading.meanings) {
        const term = reader.learnMeaning(meaning)
        meanings.add(term, weight)
        single.add(term, 1)
      }
      vectors.passages.push(single.take())
      passageOwners.push(owner)
    }
    for (const [word, weight] of weightOfWord) {
      const lexeme = reader.learn(word)
      words.add(lexeme.term, weight)
      for (const gram of lexeme.grams) grams.add(gram, weight)
    }
    vectors.words.push(words.take())
    vectors.meanings.push(meanings.take())
    vectors.grams.push(grams.take())
    if (candidate.body !== undefined) {
      for (const word of reader.read(candidate.body).words) {
        const { term } = reader.learn(word)
        if (term >= 0) words.add(term, 1)
      }
    }
    vectors.body.push(words.take())
  })

  const terms = reader.termCount()
  const count = (layer: Layer) =>
    like?.statistics[layer] ??
    countStatistics(vectors[layer], layer === "grams" ? gramTerms : terms)
  const statistics: Record<Layer, Statistics> = {
    words: count("words"),
    meanings: count("meanings"),
    body: count("body"),
    grams: count("grams"),
    passages: count("passages"),
  }
  const asBm25 = (layer: Layer) =>
    invert(
      vectors[layer].map((vector) => saturate(vector, statistics[layer].averageLength)),
      terms,
    )
  const asCosine = (layer: Layer, size: number) => {
    const rarity = rarityIn(statistics[layer])
    return invert(
      vectors[layer].map((vector) => toUnitVector(vector, rarity)),
      size,
    )
  }
  return {
    size: candidates.length,
    statistics,
    postings: {
      words: asBm25("words"),
      meanings: asBm25("meanings"),
      body: asBm25("body"),
      grams: asCosine("grams", gramTerms),
      passages: asCosine("passages", terms),
    },
    passageOwners: Uint32Array.from(passageOwners),
    wordCounts,
  }
}

/** What a query asks for, counted as the index counts. */
export interface QueryVectors {
  words: SparseVector
  meanings: SparseVector
  grams: SparseVector
  passages: SparseVector
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

const damped = (count: number) => (count > 1 ? 1 + Math.log(count) : count)

/** BM25 as a share of what a text that repeats every word of the query would get, times k + 1. */
const bm25Scores = (index: TextIndex, layer: Layer, query: SparseVector, unknown: number) => {
  const rarity = rarityIn(index.statistics[layer])
  const weights = query.weights.map((count, at) => damped(count) * rarity(query.terms[at]!))
  const scores = accumulate(
    index.postings[layer],
    { terms: query.terms, weights },
    new Float64Array(index.size),
  )
  const total = sumOf(weights) + unknown * inverseFrequency(index.statistics[layer].texts, 0)
  return total > 0 ? scores.map((score) => score / total) : scores
}

const cosineScores = (index: TextIndex, layer: Layer, query: SparseVector, size: number) =>
  accumulate(
    index.postings[layer],
    toUnitVector(query, rarityIn(index.statistics[layer])),
    new Float64Array(size),
  )

/** Of each owner's passages the best, and the mean of the best three. */
const bestPassages = (scores: Float64Array, owners: Uint32Array, size: number) => {
  const first = new Float64Array(size)
  const second = new Float64Array(size)
  const third = new Float64Array(size)
  for (let at = 0; at < scores.length; at++) {
    const score = scores[at]!
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

export const signalsOf = (index: TextIndex, query: QueryVectors): Signals => {
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
  rarityIn(index.statistics.words)(term)

export const hasTerm = (index: TextIndex, layer: "words" | "meanings", term: number, at: number) =>
  term >= 0 && holds(index.postings[layer], term, at)
