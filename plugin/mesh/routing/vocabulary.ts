import { stopWords } from "./stop-words.ts"
import { createStemmer } from "./tokenize.ts"

/** The term of a word that carries no work. */
export const stopTerm = -1
/** The term of a word that no text of the index has. */
export const unknownTerm = -2

/** A vocabulary as it is kept in a file. */
export interface VocabularyData {
  /** Term → its stem, or `=` and a meaning. */
  terms: readonly string[]
  words: readonly string[]
  /** Word → its term plus one; 0 for stop words. */
  wordTerms: Uint32Array
  /** Word → how often it occurs in all texts, and in those that look English. */
  counts: Uint32Array
  englishCounts: Uint32Array
}

const meaningMark = "="

/**
 * Gives words and meanings numbers. Words of the index are learnt; those of a query only looked up,
 * since descriptions come from outside and never end.
 */
export const createVocabulary = (data?: VocabularyData) => {
  const stemOf = createStemmer()
  const terms: string[] = [...(data?.terms ?? [])]
  const termOfKey = new Map<string, number>()
  terms.forEach((key, term) => termOfKey.set(key, term))
  const termOfWord = new Map<string, number>()
  const counts = new Map<string, number>()
  const englishCounts = new Map<string, number>()
  data?.words.forEach((word, at) => {
    termOfWord.set(word, data.wordTerms[at]! - 1)
    counts.set(word, data.counts[at]!)
    if (data.englishCounts[at]! > 0) englishCounts.set(word, data.englishCounts[at]!)
  })

  const learnKey = (key: string): number => {
    const known = termOfKey.get(key)
    if (known !== undefined) return known
    termOfKey.set(key, terms.length)
    terms.push(key)
    return terms.length - 1
  }

  return {
    stemOf,
    /** The term of a word of the index: `stopTerm`, or a number that is now its own. */
    learn(word: string): number {
      const known = termOfWord.get(word)
      if (known !== undefined) return known
      const term = stopWords.has(word) ? stopTerm : learnKey(stemOf(word))
      termOfWord.set(word, term)
      return term
    },
    learnMeaning: (meaning: string): number => learnKey(meaningMark + meaning),
    count(word: string, english: boolean) {
      counts.set(word, (counts.get(word) ?? 0) + 1)
      if (english) englishCounts.set(word, (englishCounts.get(word) ?? 0) + 1)
    },
    /** The term of a word of a query: `stopTerm`, `unknownTerm`, or a number. */
    find(word: string): number {
      const known = termOfWord.get(word)
      if (known !== undefined) return known
      return stopWords.has(word) ? stopTerm : (termOfKey.get(stemOf(word)) ?? unknownTerm)
    },
    findStem: (stem: string): number => termOfKey.get(stem) ?? unknownTerm,
    findMeaning: (meaning: string): number => termOfKey.get(meaningMark + meaning) ?? unknownTerm,
    isMeaning: (term: number): boolean => terms[term]!.startsWith(meaningMark),
    size: () => terms.length,
    counts: counts as ReadonlyMap<string, number>,
    englishCounts: englishCounts as ReadonlyMap<string, number>,
    data(): VocabularyData {
      const words = [...termOfWord.keys()]
      return {
        terms,
        words,
        wordTerms: Uint32Array.from(words, (word) => termOfWord.get(word)! + 1),
        counts: Uint32Array.from(words, (word) => counts.get(word) ?? 0),
        englishCounts: Uint32Array.from(words, (word) => englishCounts.get(word) ?? 0),
      }
    },
  }
}

export type Vocabulary = ReturnType<typeof createVocabulary>
