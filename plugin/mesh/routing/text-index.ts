import { createRarity, lengthsOf, saturate } from "./bm25.ts"
import { damped, toUnitTexts, toUnitVector } from "./cosine.ts"
import type { CountedTexts } from "./counted-texts.ts"
import { accumulate, holdersOf, holds, type Postings, type TermVector } from "./postings.ts"
import { isPairTerm, unknownTerm, type TermKind, type Vocabulary } from "./vocabulary.ts"

/** The ways a text is counted: whole texts by BM25, single passages by cosine. */
type Layer = "words" | "meanings" | "passages"

/** How rare terms are and how long texts are, counted over a whole roster. */
interface Statistics {
  rarityOf: (term: number) => number
  averageLength: number
}

/** A skill of one word ("security") fits many a description that asks for somebody else. */
const singleWeight = 0.7

export interface TextIndex {
  size: number
  statistics: Record<Layer, Statistics>
  postings: Record<Layer, Postings>
  /** The candidate each passage belongs to. */
  passageOwners: Uint32Array
  /** How much each passage's cosine counts. */
  passageWeights: Float32Array
  /** One number for each passage, used anew by each query: a fifth of a megabyte less to collect. */
  scratch: Float64Array
}

const averageOf = (numbers: Float64Array) =>
  numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length)

const countStatistics = (postings: Postings, texts: number, averageLength: number): Statistics => {
  const rarity = createRarity(texts)
  return { averageLength, rarityOf: (term) => rarity(holdersOf(postings, term)) }
}

/** Fills postings term by term; there is room for as many entries as the passages have. */
const createFiller = (terms: number, room: number) => {
  const offsets = new Uint32Array(terms + 1)
  const owners = new Uint32Array(room)
  const weights = new Float32Array(room)
  let used = 0
  return {
    add(owner: number) {
      owners[used++] = owner
    },
    addToLast(weight: number) {
      weights[used - 1]! += weight
    },
    endTerm(term: number) {
      offsets[term + 1] = used
    },
    postings: (): Postings => ({
      offsets,
      owners: owners.slice(0, used),
      weights: weights.slice(0, used),
    }),
  }
}

/** Whole texts out of their passages: the words, and apart from them the meanings. */
const wholeTexts = (counted: CountedTexts, kindOf: (term: number) => TermKind) => {
  const { offsets, owners, weights } = counted.passages
  const terms = offsets.length - 1
  let pairs = 0
  while (pairs < terms && isPairTerm(pairs)) pairs += 1
  const room = owners.length - offsets[pairs]!
  const words = createFiller(terms, room)
  const meanings = createFiller(terms, room)
  for (let term = pairs; term < terms; term++) {
    const to = offsets[term + 1]!
    const kind = offsets[term] === to ? "stop" : kindOf(term)
    if (kind !== "stop") {
      const into = kind === "meaning" ? meanings : words
      let last = -1
      for (let slot = offsets[term]!; slot < to; slot++) {
        const passage = owners[slot]!
        const owner = counted.owners[passage]!
        // Passages ascend, so those of one owner follow one another.
        if (owner !== last) into.add(owner)
        last = owner
        into.addToLast((weights[slot]! * counted.weights[passage]!) / 2)
      }
    }
    words.endTerm(term)
    meanings.endTerm(term)
  }
  return { words: words.postings(), meanings: meanings.postings() }
}

/**
 * Weighs counted texts. Running agents are few and change, so they are indexed apart from the roster
 * but by its statistics (`like`): a score then means the same in both.
 */
export const createTextIndex = (
  counted: CountedTexts,
  { kindOf }: Vocabulary,
  like?: TextIndex,
): TextIndex => {
  const whole = wholeTexts(counted, kindOf)
  const byWhole = (layer: "words" | "meanings") => {
    const postings = whole[layer]
    const lengths = lengthsOf(postings, counted.size)
    const statistics =
      like?.statistics[layer] ?? countStatistics(postings, counted.size, averageOf(lengths))
    return { statistics, postings: saturate(postings, lengths, statistics.averageLength) }
  }
  const words = byWhole("words")
  const meanings = byWhole("meanings")
  const passages = { ...counted.passages, weights: counted.passages.weights.slice() }
  const texts = counted.owners.length
  const statistics = like?.statistics.passages ?? countStatistics(passages, texts, 0)
  return {
    size: counted.size,
    statistics: { words: words.statistics, meanings: meanings.statistics, passages: statistics },
    postings: {
      words: words.postings,
      meanings: meanings.postings,
      passages: toUnitTexts(passages, statistics.rarityOf, texts),
    },
    passageOwners: counted.owners,
    passageWeights: Float32Array.from(counted.singles, (single) => (single ? singleWeight : 1)),
    scratch: new Float64Array(texts),
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

const wholeScores = (
  { statistics, postings, size }: TextIndex,
  layer: "words" | "meanings",
  { terms, weights }: TermVector,
  unknown: number,
) => {
  const { rarityOf: rarity } = statistics[layer]
  let total = unknown * rarity(unknownTerm)
  const weighted = weights.map((count, at) => {
    const weight = damped(count) * rarity(terms[at]!)
    total += weight
    return weight
  })
  const scores = accumulate(postings[layer], { terms, weights: weighted }, new Float64Array(size))
  return total > 0 ? scores.map((score) => score / total) : scores
}

const passageScores = (
  { statistics, postings, passageOwners, passageWeights, scratch, size }: TextIndex,
  query: TermVector,
) => {
  const cosines = accumulate(
    postings.passages,
    toUnitVector(query, statistics.passages.rarityOf),
    scratch.fill(0),
  )
  const cubes = new Float64Array(size)
  for (let at = 0; at < cosines.length; at++) {
    const cosine = cosines[at]! * passageWeights[at]!
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
  index.statistics.words.rarityOf(term)

export const hasTerm = (index: TextIndex, layer: "words" | "meanings", term: number, at: number) =>
  holds(index.postings[layer], term, at)
