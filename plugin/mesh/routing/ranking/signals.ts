import { inverseFrequency, saturated } from "../index/bm25.ts"
import { judgeBrief, type BriefEvidence, type Briefs } from "./briefs.ts"
import { classify, type Classifier } from "./classifier.ts"
import { createUnpacker, type PackedTexts } from "../index/packed-texts.ts"
import type { Query } from "../reading/query.ts"
import { damped } from "../words/term-vector.ts"
import type { TermKind } from "../words/vocabulary.ts"

/**
 * One number for each candidate and way of counting, all but the learnt between 0 and about 2. Good
 * until the next query.
 */
export interface Signals {
  /** BM25 of the whole text, as a share of what holding each word of the query once would give. */
  words: Float64Array
  /** The same for meanings. */
  meanings: Float64Array
  /** How near the single passages come: the 3-norm of their cosines, which the best few decide. */
  passages: Float64Array
  /** What the classifier, trained on the roster's questions, says; it knows no others. */
  learnt?: Float64Array
  /** What it says if the text is a brief. */
  brief?: Float64Array
}

export interface Scored {
  /** For each of the packed texts that were asked. */
  signals: readonly Signals[]
  /** By how much the classifier takes the query for small talk rather than for work, a logit. */
  talk?: number
  /** What tells whether the query is a brief. */
  brief?: BriefEvidence
  /** The idf mass of the query's known words: how much it says at all. */
  mass: number
  /** idf of a term of the query over whole texts; 0 for others. */
  rarityOf: (term: number) => number
  /** Whether a candidate's texts hold a term of the query. Only until the next query. */
  holds: (part: number, term: number, candidate: number) => boolean
}

const highest = (numbers: Float64Array) => {
  let best = -Infinity
  for (const number of numbers) if (number > best) best = number
  return best
}

/**
 * Scores the candidates of several packed texts, the first being the roster, by whose rarities all
 * are weighed. Terms are read from their lists once for everything that is counted of them.
 */
export const createScorer = (
  kindOf: (term: number) => TermKind,
  classifier?: Classifier,
  briefs?: Briefs,
) => {
  const unpacker = createUnpacker()
  const rooms = new Map<string, Float64Array>()
  /**
   * Zeros to count in, the same for the same purpose in every query: made anew they are a third of a
   * megabyte, and three hundred queries grow the heap by thirty before any of it is collected.
   */
  const room = (purpose: string, size: number) => {
    const kept = rooms.get(purpose)
    if (kept?.length === size) return kept.fill(0)
    const made = new Float64Array(size)
    rooms.set(purpose, made)
    return made
  }

  return (
    parts: readonly PackedTexts[],
    { vector, unknown, head }: Pick<Query, "vector" | "unknown" | "head">,
  ): Scored => {
    const [roster] = parts
    if (!roster) throw new Error("there is no roster to score by")
    unpacker.clear()
    const { terms, weights } = vector
    /** Where the passages of each term end in the unpacker, term by term and part by part. */
    const ends = new Uint32Array(parts.length * terms.length)
    for (let index = 0, row = 0; index < parts.length; index++) {
      for (let at = 0; at < terms.length; at++, row++) {
        ends[row] = unpacker.unpack(parts[index]!, terms[at]!)
      }
    }
    const endOf = (index: number, at: number) => ends[index * terms.length + at]!
    const startOf = (index: number, at: number) => ends[index * terms.length + at - 1] ?? 0
    const passages = unpacker.passages()
    const counts = unpacker.counts()

    /** How many candidates of the roster hold a term, its passages given. */
    const ownersIn = (from: number, to: number) => {
      let last = -1
      let owners = 0
      for (let slot = from; slot < to; slot++) {
        const owner = roster.owners[passages[slot]!]!
        if (owner !== last) owners += 1
        last = owner
      }
      return owners
    }

    const kinds = Array.from(terms, kindOf)
    const passageRarity = new Float64Array(terms.length)
    const wholeRarity = new Map<number, number>()
    const totals = { word: unknown * inverseFrequency(roster.size, 0), meaning: 0 }
    /** The terms but pairs, as a tf-idf vector of length 1. */
    const known = new Float64Array(terms.length)
    let knownSquares = 0
    let mass = 0
    let squares = 0
    for (let at = 0; at < terms.length; at++) {
      const from = startOf(0, at)
      const to = endOf(0, at)
      const count = damped(weights[at]!)
      const kind = kinds[at]!
      passageRarity[at] = inverseFrequency(roster.owners.length, to - from)
      const weighted = count * passageRarity[at]!
      squares += weighted ** 2
      if (kind !== "pair") {
        known[at] = weighted
        knownSquares += weighted ** 2
      }
      if (kind !== "word" && kind !== "meaning") continue
      const rarity = inverseFrequency(roster.size, ownersIn(from, to))
      wholeRarity.set(terms[at]!, rarity)
      totals[kind] += count * rarity
      if (kind === "word") mass += count * rarity
    }
    const brief =
      briefs && judgeBrief(briefs, { terms, weights: known, head }, room("briefs", roster.size))
    const knownScale = knownSquares > 0 ? 1 / Math.sqrt(knownSquares) : 0
    for (let at = 0; at < known.length; at++) known[at]! *= knownScale
    const queryScale = squares > 0 ? 1 / Math.sqrt(squares) : 0

    const judged =
      classifier && classify(classifier, terms, known, room("classes", roster.size + 1))
    const signals = parts.map((part, index): Signals => {
      const cosines = room(`cosines ${index}`, part.owners.length)
      const whole = {
        word: room(`words ${index}`, part.size),
        meaning: room(`meanings ${index}`, part.size),
      }
      for (let at = 0; at < terms.length; at++) {
        const from = startOf(index, at)
        const to = endOf(index, at)
        const count = damped(weights[at]!)
        const near = count * passageRarity[at]! ** 2 * queryScale
        for (let slot = from; slot < to; slot++) {
          cosines[passages[slot]!]! += near * damped(counts[slot]!)
        }
        const kind = kinds[at]!
        if (kind !== "word" && kind !== "meaning") continue
        const scores = whole[kind]
        const damping = kind === "word" ? part.wordDamping : part.meaningDamping
        const share = (count * wholeRarity.get(terms[at]!)!) / totals[kind]
        // Passages ascend, so those of one owner follow one another.
        for (let slot = from; slot < to;) {
          const owner = part.owners[passages[slot]!]!
          let sum = 0
          for (; slot < to && part.owners[passages[slot]!] === owner; slot++) {
            sum += (counts[slot]! * part.weights[passages[slot]!]!) / 2
          }
          scores[owner]! += share * saturated(sum, damping[owner]!)
        }
      }
      const cubes = room(`passages ${index}`, part.size)
      for (let passage = 0; passage < cosines.length; passage++) {
        const cosine = cosines[passage]! * part.scales[passage]!
        if (cosine > 0) cubes[part.owners[passage]!]! += cosine * cosine * cosine
      }
      for (let owner = 0; owner < cubes.length; owner++) cubes[owner] = Math.cbrt(cubes[owner]!)
      const scored = { words: whole.word, meanings: whole.meaning, passages: cubes }
      if (index > 0) return scored
      return {
        ...scored,
        ...(judged && { learnt: judged.subarray(0, roster.size) }),
        ...(brief && { brief: brief.scores }),
      }
    })

    return {
      signals,
      ...(judged && { talk: judged[roster.size]! - highest(judged.subarray(0, roster.size)) }),
      ...(brief && { brief: brief.evidence }),
      mass,
      rarityOf: (term) => wholeRarity.get(term) ?? 0,
      holds: (index, term, candidate) => {
        const at = terms.indexOf(term)
        if (at < 0) return false
        const from = startOf(index, at)
        const to = endOf(index, at)
        const owners = parts[index]!.owners
        for (let slot = from; slot < to; slot++) {
          if (owners[passages[slot]!] === candidate) return true
        }
        return false
      },
    }
  }
}
