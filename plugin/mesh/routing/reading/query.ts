import type { Meanings } from "../words/meanings.ts"
import { pairTermsOf } from "../words/neighbours.ts"
import type { NearWords } from "../words/near-words.ts"
import type { Spelling } from "../words/spelling.ts"
import { vectorOf, type TermVector } from "../words/term-vector.ts"
import { isPair, maxTextLength, splitWords } from "../words/tokenize.ts"
import { headOf } from "./head.ts"
import { unknownTerm, type Vocabulary } from "../words/vocabulary.ts"

/** Looking for a slip costs a tenth of a millisecond; a text of unknown words is another language. */
const mostCorrections = 24

/** A stem that a word of the query stands for as well, and how much it counts. */
export interface Expansion {
  stem: string
  weight: number
}

export interface Language {
  vocabulary: Vocabulary
  meaningsIn: Meanings
  spelling: Spelling
  nearWords: NearWords
  /** Synonyms and taxonomy of the configuration, for the words of a text in order. */
  expand: (words: readonly string[]) => readonly Expansion[]
}

export interface QueryWord {
  /** As the index has it: what was meant, where the typed word is a slip. */
  text: string
  term: number
  /** Its place among the content words; neighbours make a phrase. */
  place: number
  /** 1, or less for a guess. */
  weight: number
  /** A pair of Chinese or Japanese characters, which is no word a reader would recognise. */
  pair: boolean
}

export interface Query {
  /** Its words, meant or guessed, stop words, pairs of neighbours, and meanings. */
  vector: TermVector
  /** How many words no text of the index has. */
  unknown: number
  /** How many meanings the index knows. */
  knownMeanings: number
  /** Content words that the index knows, in order. */
  words: readonly QueryWord[]
  meanings: readonly string[]
  /** The terms of the words that open it and name the work, in order. */
  head: readonly number[]
  /** Every word as typed, for the style of the text. */
  allWords: readonly string[]
}

/** Takes a description apart; at most its first 4,000 characters are read. */
export const readQuery = (
  description: string,
  keywords: readonly string[],
  { vocabulary, meaningsIn, spelling, nearWords, expand }: Language,
): Query => {
  const text = [description.slice(0, maxTextLength), ...keywords].join("\n").slice(0, maxTextLength)
  const allWords = splitWords(text)
  const words: QueryWord[] = []
  const meant: string[] = []
  let unknown = 0
  let place = 0
  let corrections = 0
  let slips = 0
  for (const word of allWords) {
    const term = vocabulary.find(word)
    const pair = isPair(word)
    meant.push(word)
    if (term !== unknownTerm) {
      if (vocabulary.kindOf(term) !== "word") continue
      place += 1
      words.push({ text: word, term, place, weight: 1, pair })
      continue
    }
    place += 1
    const mayGuess = !pair && corrections < mostCorrections
    if (mayGuess) corrections += 1
    const guesses = mayGuess ? spelling(word) : []
    if (guesses[0]) {
      meant[meant.length - 1] = guesses[0].word
      slips += 1
    }
    const near = mayGuess && guesses.length === 0 ? nearWords(word) : []
    const others = [
      ...guesses,
      ...near.map((other) => ({ word: other.word, weight: other.likeness / near.length })),
    ]
    for (const other of others) {
      const found = vocabulary.find(other.word)
      if (found === unknownTerm || vocabulary.kindOf(found) !== "word") continue
      words.push({ text: other.word, term: found, place, weight: other.weight, pair })
    }
    if (others.length === 0) unknown += 1
  }
  // Folded words have lost the accents by which foreign text is known.
  const isPlain = /^[\0-\x7f]*$/.test(text)
  const meanings =
    slips > 0 && isPlain ? meaningsIn(meant.join(" "), meant) : meaningsIn(text, allWords)

  const sums = new Map<number, number>()
  const add = (term: number, weight: number) => {
    if (term !== unknownTerm) sums.set(term, (sums.get(term) ?? 0) + weight)
  }
  for (const { term, weight } of words) add(term, weight)
  for (const { stem, weight } of expand(meant)) add(vocabulary.findStem(stem), weight)
  const inOrder = meant.map(vocabulary.find)
  for (const term of inOrder) {
    if (term !== unknownTerm && vocabulary.kindOf(term) !== "word") add(term, 1)
  }
  for (const term of pairTermsOf(meant, inOrder)) add(term, 1)
  const named = meanings.map(vocabulary.findMeaning).filter((term) => term !== unknownTerm)
  for (const term of named) add(term, 1)
  const head = headOf(meant, (_, at) => {
    const term = inOrder[at]!
    return term !== unknownTerm && vocabulary.kindOf(term) === "word"
  })
  return {
    vector: vectorOf(sums),
    head: head.map((at) => inOrder[at]!),
    unknown,
    knownMeanings: new Set(named).size,
    words,
    meanings: [...new Set(meanings)],
    allWords,
  }
}
