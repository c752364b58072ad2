import { stopWords } from "./stop-words.ts"
import { createStemmer } from "./tokenize.ts"

/** Neighbouring words are hashed into the terms below this; words and meanings begin here. */
export const firstTerm = 2 ** 17

/** The term of a word that no text of the index has. */
export const unknownTerm = -1

const meaningMark = "="
const stopMark = "_"

/** A vocabulary as it is kept in a file. */
export interface VocabularyData {
  /** The stem of each term from `firstTerm` on, or a mark and a meaning or stop word. */
  stems: readonly string[]
  words: readonly string[]
  /** Word → its place in `stems`. */
  wordStems: Uint32Array
  /** Word → how often it occurs in all texts, and in those that look English. */
  counts: Uint32Array
  englishCounts: Uint32Array
}

/** The term of two words in a row: a phrase such as "log in" or "at once" says more than its words. */
export const pairTerm = (first: number, second: number): number =>
  (Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b) >>> 0) % firstTerm

/**
 * Gives words and meanings numbers, their terms. Words of the index are learnt; those of a query
 * only looked up, since descriptions come from outside and never end.
 */
export const createVocabulary = (data?: VocabularyData) => {
  const stemOf = createStemmer()
  const stems: string[] = [...(data?.stems ?? [])]
  const placeOfKey = new Map<string, number>()
  stems.forEach((key, place) => placeOfKey.set(key, place))
  const placeOfWord = new Map<string, number>()
  const counts = new Map<string, number>()
  const englishCounts = new Map<string, number>()
  data?.words.forEach((word, at) => {
    placeOfWord.set(word, data.wordStems[at]!)
    counts.set(word, data.counts[at]!)
    if (data.englishCounts[at]! > 0) englishCounts.set(word, data.englishCounts[at]!)
  })

  const keyOf = (word: string) => (stopWords.has(word) ? stopMark + word : stemOf(word))
  const learnKey = (key: string): number => {
    const known = placeOfKey.get(key)
    if (known !== undefined) return known
    placeOfKey.set(key, stems.length)
    stems.push(key)
    return stems.length - 1
  }
  const termAt = (place: number | undefined) =>
    place === undefined ? unknownTerm : place + firstTerm
  const hasMark = (term: number, mark: string) =>
    term >= firstTerm && stems[term - firstTerm]!.startsWith(mark)

  return {
    stemOf,
    /** The term of a word of the index, from now on its own. */
    learn(word: string): number {
      const known = placeOfWord.get(word)
      if (known !== undefined) return termAt(known)
      const place = learnKey(keyOf(word))
      placeOfWord.set(word, place)
      return termAt(place)
    },
    learnMeaning: (meaning: string): number => termAt(learnKey(meaningMark + meaning)),
    count(word: string, english: boolean) {
      counts.set(word, (counts.get(word) ?? 0) + 1)
      if (english) englishCounts.set(word, (englishCounts.get(word) ?? 0) + 1)
    },
    /** The term of a word of a query, or `unknownTerm`. */
    find: (word: string): number => termAt(placeOfWord.get(word) ?? placeOfKey.get(keyOf(word))),
    findStem: (stem: string): number => termAt(placeOfKey.get(stem)),
    findMeaning: (meaning: string): number => termAt(placeOfKey.get(meaningMark + meaning)),
    isMeaning: (term: number): boolean => hasMark(term, meaningMark),
    /** A word that carries work: no stop word, meaning or pair. */
    isContent: (term: number): boolean =>
      term >= firstTerm && !hasMark(term, stopMark) && !hasMark(term, meaningMark),
    /** All terms lie below this. */
    size: () => stems.length + firstTerm,
    counts: counts as ReadonlyMap<string, number>,
    englishCounts: englishCounts as ReadonlyMap<string, number>,
    data(): VocabularyData {
      const words = [...placeOfWord.keys()]
      return {
        stems,
        words,
        wordStems: Uint32Array.from(words, (word) => placeOfWord.get(word)!),
        counts: Uint32Array.from(words, (word) => counts.get(word) ?? 0),
        englishCounts: Uint32Array.from(words, (word) => englishCounts.get(word) ?? 0),
      }
    },
  }
}

export type Vocabulary = ReturnType<typeof createVocabulary>
