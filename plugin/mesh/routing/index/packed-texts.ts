import { dampingOf, inverseFrequency } from "./bm25.ts"
import { createByteWriter, readNumber } from "../packing/bytes.ts"
import type { CountedTexts } from "./counted-texts.ts"
import { rowOf } from "../packing/row-of.ts"
import { damped } from "../words/term-vector.ts"
import type { TermKind } from "../words/vocabulary.ts"

/** Averages over a roster, by which texts of others are weighed too. */
export interface Averages {
  words: number
  meanings: number
}

/**
 * An inverted file: for each term the passages that hold it, read where they lie when a query asks
 * for the term. Nothing of it is unpacked before.
 */
export interface PackedTexts {
  /** How many candidates. */
  size: number
  averages: Averages
  /** Ascending. */
  terms: Uint32Array
  /** Where the list of each term begins, and after the last where it ends. */
  starts: Uint32Array
  /**
   * A list is numbers in LEB128: how many passages; for each, twice the distance from the one before
   * (the first from zero), plus one if a count other than 1 follows.
   */
  lists: Uint8Array
  /** Passage → its candidate, ascending. */
  owners: Uint32Array
  /** Passage → twice its weight. */
  weights: Uint8Array
  /** Passage → what turns a product with it into how much it counts: 1 / length, less for one word. */
  scales: Float32Array
  /** Candidate → BM25's damping of its words, and of its meanings. */
  wordDamping: Float32Array
  meaningDamping: Float32Array
}

/** A skill of one word ("security") fits many a description that asks for somebody else. */
const singleWeight = 0.7

/** As a file keeps it: a score must not depend on where the numbers come from. */
export const scaleSteps = 2 ** 16
const inSteps = (scale: number) => Math.round(scale * scaleSteps) / scaleSteps

/** idf of a term, given how many passages of the texts themselves hold it. */
export type RarityOf = (term: number, holders: number) => number

const average = (numbers: Float32Array) =>
  numbers.reduce((sum, number) => sum + number, 0) / Math.max(1, numbers.length)

const listsOf = ({ passages }: CountedTexts) => {
  const lists = new Map<number, [passage: number, count: number][]>()
  passages.forEach(({ terms: { terms, weights } }, passage) => {
    terms.forEach((term, at) => {
      const entry: [number, number] = [passage, weights[at]!]
      const list = lists.get(term)
      if (list) list.push(entry)
      else lists.set(term, [entry])
    })
  })
  return lists
}

/**
 * Weighs and packs counted texts. Running agents are few and change, so they are packed apart from
 * the roster but by its averages and rarities (`like`): a score then means the same in both.
 */
export const packTexts = (
  counted: CountedTexts,
  kindOf: (term: number) => TermKind,
  like?: { averages: Averages; rarityOf: RarityOf },
): PackedTexts => {
  const { size, passages } = counted
  const lists = listsOf(counted)
  const rarityOf =
    like?.rarityOf ?? ((_: number, holders: number) => inverseFrequency(passages.length, holders))

  const terms = Uint32Array.from(lists.keys()).sort()
  const starts = new Uint32Array(terms.length + 1)
  const writer = createByteWriter()
  terms.forEach((term, row) => {
    const list = lists.get(term)!
    let before = 0
    writer.number(list.length)
    for (const [passage, count] of list) {
      writer.number((passage - before) * 2 + (count === 1 ? 0 : 1))
      if (count !== 1) writer.number(count)
      before = passage
    }
    starts[row + 1] = writer.length()
  })

  const words = new Float32Array(size)
  const meanings = new Float32Array(size)
  const scales = Float32Array.from(passages, ({ owner, weight, isSingleWord, terms: own }) => {
    let squares = 0
    own.terms.forEach((term, at) => {
      const count = own.weights[at]!
      squares += (damped(count) * rarityOf(term, lists.get(term)!.length)) ** 2
      const kind = kindOf(term)
      if (kind === "word") words[owner]! += count * weight
      if (kind === "meaning") meanings[owner]! += count * weight
    })
    return squares > 0 ? inSteps((isSingleWord ? singleWeight : 1) / Math.sqrt(squares)) : 0
  })
  const averages = like?.averages ?? { words: average(words), meanings: average(meanings) }
  return {
    size,
    averages,
    terms,
    starts,
    lists: writer.take(),
    owners: Uint32Array.from(passages, ({ owner }) => owner),
    weights: Uint8Array.from(passages, ({ weight }) => weight * 2),
    scales,
    wordDamping: words.map((length) => dampingOf(length, averages.words)),
    meaningDamping: meanings.map((length) => dampingOf(length, averages.meanings)),
  }
}

/** How many passages hold a term: the first number of its list. */
export const holdersOf = ({ terms, starts, lists }: PackedTexts, term: number): number => {
  const row = rowOf(terms, term)
  return row < 0 ? 0 : readNumber(lists, { at: starts[row]! })
}

/**
 * Room for unpacked lists, used again by each query. It is filled thousands of times, so nothing is
 * made on the way: no tuple, no closure.
 */
export const createUnpacker = () => {
  let passages = new Uint32Array(4096)
  let counts = new Uint32Array(4096)
  let used = 0
  const cursor = { at: 0 }
  const reserve = (more: number) => {
    if (used + more <= passages.length) return
    const larger = (used + more) * 2
    const grownPassages = new Uint32Array(larger)
    const grownCounts = new Uint32Array(larger)
    grownPassages.set(passages)
    grownCounts.set(counts)
    passages = grownPassages
    counts = grownCounts
  }
  return {
    passages: () => passages,
    counts: () => counts,
    clear() {
      used = 0
    },
    /** Unpacks the list of a term behind those before; answers where it ends. */
    unpack({ terms, starts, lists }: PackedTexts, term: number): number {
      const row = rowOf(terms, term)
      if (row < 0) return used
      const end = starts[row + 1]!
      // An entry takes at least a byte.
      reserve(end - starts[row]!)
      cursor.at = starts[row]!
      // The first number, how many there are, is for `holdersOf`.
      readNumber(lists, cursor)
      let passage = 0
      while (cursor.at < end) {
        const number = readNumber(lists, cursor)
        passage += number >>> 1
        passages[used] = passage
        counts[used] = number & 1 ? readNumber(lists, cursor) : 1
        used += 1
      }
      return used
    },
  }
}
