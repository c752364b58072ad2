import { inverseFrequency, lengthsOf, rarities, saturate } from "./bm25.ts"
import { damped, toUnitTexts, toUnitVector } from "./cosine.ts"
import type { CountedTexts } from "./counted-texts.ts"
import { accumulate, holds, type Postings, type TermVector } from "./postings.ts"
import type { TermKind, Vocabulary } from "./vocabulary.ts"

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

const averageOf = (numbers: Float64Array) =>
  numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length)

/** Statistics of a roster for texts that may hold terms it does not have. */
const extended = (known: Statistics, terms: number): Statistics => {
  if (known.rarity.length >= terms) return known
  const rarity = new Float32Array(terms).fill(known.unknown)
  rarity.set(known.rarity)
  return { ...known, rarity }
}

/** Whole texts out of their passages, for the terms of one kind. */
const wholeTexts = (counted: CountedTexts, kind: TermKind, kindOf: (term: number) => TermKind) => {
  const { offsets, owners, weights } = counted.passages
  const whole = {
    offsets: new Uint32Array(offsets.length),
    owners: new Uint32Array(owners.length),
    weights: new Float32Array(owners.length),
  }
  let used = 0
  for (let term = 0; term + 1 < offsets.length; term++) {
    const from = offsets[term]!
    const to = offsets[term + 1]!
    if (from < to && kindOf(term) === kind) {
      let last = -1
      for (let slot = from; slot < to; slot++) {
        const passage = owners[slot]!
        const owner = counted.owners[passage]!
        // Passages ascend, so those of one owner follow one another.
        if (owner !== last) whole.owners[used++] = last = owner
        whole.weights[used - 1]! += (weights[slot]! * counted.weights[passage]!) / 2
      }
    }
    whole.offsets[term + 1] = used
  }
  return {
    offsets: whole.offsets,
    owners: whole.owners.slice(0, used),
    weights: whole.weights.slice(0, used),
  }
}

/**
 * Weighs counted texts. Running agents are few and change, so they are indexed apart from the roster
 * but by its statistics (`like`): a score then means the same in both.
 */
export const createTextIndex = (
  counted: CountedTexts,
  { kindOf, size }: Vocabulary,
  like?: TextIndex,
): TextIndex => {
  const statisticsOf = (layer: Layer, postings: Postings, texts: number, lengths?: Float64Array) =>
    like
      ? extended(like.statistics[layer], size())
      : {
          rarity: rarities(postings, texts),
          unknown: inverseFrequency(texts, 0),
          averageLength: lengths ? averageOf(lengths) : 0,
        }
  const byWhole = (layer: Layer, kind: TermKind) => {
    const postings = wholeTexts(counted, kind, kindOf)
    const lengths = lengthsOf(postings, counted.size)
    const statistics = statisticsOf(layer, postings, counted.size, lengths)
    return { statistics, postings: saturate(postings, lengths, statistics.averageLength) }
  }
  const words = byWhole("words", "word")
  const meanings = byWhole("meanings", "meaning")
  const passages = { ...counted.passages, weights: counted.passages.weights.slice() }
  const statistics = statisticsOf("passages", passages, counted.owners.length)
  return {
    size: counted.size,
    statistics: { words: words.statistics, meanings: meanings.statistics, passages: statistics },
    postings: {
      words: words.postings,
      meanings: meanings.postings,
      passages: toUnitTexts(passages, statistics.rarity, counted.owners.length),
    },
    passageOwners: counted.owners,
  }
}

/** What a query asks for: counts of terms. */
export interface QueryVectors {
  words: TermVector
  meanings: TermVector
  passages: TermVector
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

const rarityIn =
  ({ rarity, unknown }: Statistics) =>
  (term: number): number =>
    rarity[term] ?? unknown

const wholeScores = (
  { statistics, postings, size }: TextIndex,
  layer: "words" | "meanings",
  { terms, weights }: TermVector,
  unknown: number,
) => {
  const rarity = rarityIn(statistics[layer])
  let total = unknown * statistics[layer].unknown
  const weighted = weights.map((count, at) => {
    const weight = damped(count) * rarity(terms[at]!)
    total += weight
    return weight
  })
  const scores = accumulate(postings[layer], { terms, weights: weighted }, new Float64Array(size))
  return total > 0 ? scores.map((score) => score / total) : scores
}

const passageScores = (
  { statistics, postings, passageOwners, size }: TextIndex,
  query: TermVector,
) => {
  const cosines = accumulate(
    postings.passages,
    toUnitVector(query, rarityIn(statistics.passages)),
    new Float64Array(passageOwners.length),
  )
  const cubes = new Float64Array(size)
  for (let at = 0; at < cosines.length; at++) {
    const cosine = cosines[at]!
    if (cosine > 0) cubes[passageOwners[at]!]! += cosine * cosine * cosine
  }
  return cubes.map(Math.cbrt)
}

export const signalsOf = (index: TextIndex, query: QueryVectors): Signals => ({
  words: wholeScores(index, "words", query.words, query.unknown),
  meanings: wholeScores(index, "meanings", query.meanings, 0),
  passages: passageScores(index, query.passages),
})

/** How rare a term is in the whole texts; rarer words say more about who fits. */
export const rarityOf = (index: TextIndex, term: number): number =>
  rarityIn(index.statistics.words)(term)

export const hasTerm = (index: TextIndex, layer: "words" | "meanings", term: number, at: number) =>
  holds(index.postings[layer], term, at)
