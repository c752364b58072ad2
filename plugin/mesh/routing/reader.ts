import { createMeanings, type Meanings } from "./meanings.ts"
import { ngramsOf } from "./ngrams.ts"
import { stopWords } from "./stop-words.ts"
import { createStemmer, isPair, splitWords } from "./tokenize.ts"

/** Grams are hashed into this many bits: few collisions among the 30,000 of a whole roster. */
export const gramBits = 18

/** A word as the index knows it. */
export interface Lexeme {
  text: string
  stem: string
  /** The term of its stem; -1 for a stop word. */
  term: number
  /** A pair of Chinese or Japanese characters, which is no word a reader would recognise. */
  pair: boolean
  grams: readonly number[]
}

/** A text taken apart once for all that is counted in it. */
export interface Reading {
  /** Every word in order, stop words included. */
  words: readonly string[]
  meanings: readonly string[]
}

/**
 * Turns texts into terms. Words of the index are kept, with their terms; words of a query are only
 * looked up, since descriptions come from outside and never end.
 */
export const createReader = (lexicon: string) => {
  const stemOf = createStemmer()
  const meaningsIn: Meanings = createMeanings(lexicon, stemOf)
  const terms = new Map<string, number>()
  const lexemes = new Map<string, Lexeme>()

  const describe = (text: string, termOf: (stem: string) => number): Lexeme => {
    const pair = isPair(text)
    const stem = stemOf(text)
    const stop = stopWords.has(text)
    const grams = stop ? [] : ngramsOf(text, gramBits)
    return { text, stem, pair, term: stop ? -1 : termOf(stem), grams }
  }
  const learnTerm = (key: string): number => {
    const known = terms.get(key)
    if (known !== undefined) return known
    terms.set(key, terms.size)
    return terms.size - 1
  }
  const meaningKey = (meaning: string) => `=${meaning}`

  return {
    words: splitWords,
    read(text: string): Reading {
      const words = splitWords(text)
      return { words, meanings: meaningsIn(text, words) }
    },
    /** A word of the index, remembered. */
    learn(word: string): Lexeme {
      const known = lexemes.get(word)
      if (known) return known
      const lexeme = describe(word, learnTerm)
      lexemes.set(word, lexeme)
      return lexeme
    },
    learnMeaning: (meaning: string): number => learnTerm(meaningKey(meaning)),
    /** A word of a query: its term is undefined in `known` if no text of the index has it. */
    lookUp: (word: string): Lexeme & { known: boolean } => {
      const lexeme = lexemes.get(word) ?? describe(word, (stem) => terms.get(stem) ?? -1)
      return { ...lexeme, known: lexeme.term >= 0 || stopWords.has(word) }
    },
    lookUpStem: (stem: string): number => terms.get(stem) ?? -1,
    lookUpMeaning: (meaning: string): number => terms.get(meaningKey(meaning)) ?? -1,
    termCount: () => terms.size,
  }
}

export type Reader = ReturnType<typeof createReader>
