import { stopWords } from "./stop-words.ts"
import { createStemmer, isPair } from "./tokenize.ts"

/** Neighbouring words are hashed into the terms below this. */
const pairTerms = 2 ** 17
/** Pairs of Chinese and Japanese characters are hashed too: kept as texts they would be half of all. */
const characterTerms = 2 ** 16
/** Words and meanings begin here. */
const firstTerm = pairTerms + characterTerms

/** The term of a word that no text of the index has. */
export const unknownTerm = -1

const meaningMark = "="
const stopMark = "_"

/** What a term stands for. */
export type TermKind = "pair" | "word" | "stop" | "meaning"

/** How often words occur in all texts, and in those that look English. */
interface Counts {
  all: ArrayLike<number>
  english: ArrayLike<number>
}

/** A vocabulary as it is kept in a file. */
export interface VocabularyData {
  /** Of each term after the hashed ones the stem, or a mark and a stop word or meaning. */
  stems: readonly string[]
  /** Words that are not their own stem, and the places of theirs in `stems`. */
  inflected: readonly string[]
  inflectedStems: ArrayLike<number>
  /** Of the words that are their own stems, in the order of `stems`. */
  stemCounts: Counts
  inflectedCounts: Counts
}

/** The term of two words in a row: a phrase such as "log in" or "at once" says more than its words. */
export const pairTerm = (first: number, second: number): number =>
  (Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b) >>> 0) % pairTerms

const characterTerm = (pair: string): number =>
  pairTerms + (pairTerm(pair.charCodeAt(0), pair.charCodeAt(pair.length - 1)) % characterTerms)

/** Whether a term is a pair of neighbours. They come before all other terms. */
export const isPairTerm = (term: number): boolean => term < pairTerms

const emptyData: VocabularyData = {
  stems: [],
  inflected: [],
  inflectedStems: [],
  stemCounts: { all: [], english: [] },
  inflectedCounts: { all: [], english: [] },
}

/** Words with their numbers and, for each, how often it was seen. */
const createWordList = (words: readonly string[], { all, english }: Counts) => {
  const places = new Map<string, number>()
  for (let at = 0; at < words.length; at++) places.set(words[at]!, at)
  const list = [...words]
  const counts = Array.from(all)
  const englishCounts = Array.from(english)
  return {
    list,
    places,
    add(word: string): number {
      const known = places.get(word)
      if (known !== undefined) return known
      places.set(word, list.length)
      counts.push(0)
      englishCounts.push(0)
      return list.push(word) - 1
    },
    count(place: number, isEnglish: boolean) {
      counts[place]! += 1
      if (isEnglish) englishCounts[place]! += 1
    },
    countOf: (place: number | undefined): number => (place === undefined ? 0 : counts[place]!),
    total: () => counts.reduce((sum, count) => sum + count, 0),
    english: () =>
      list
        .map((word, at) => [word, englishCounts[at]!] as const)
        .filter(([word, count]) => count > 0 && !word.startsWith(stopMark)),
    counts: (): Counts => ({ all: counts, english: englishCounts }),
  }
}

/**
 * Gives words and meanings numbers, their terms. Words of the index are learnt; those of a query
 * only looked up, since descriptions come from outside and never end.
 */
export const createVocabulary = (data: VocabularyData = emptyData) => {
  const porter = createStemmer()
  const stems = createWordList(data.stems, data.stemCounts)
  const inflected = createWordList(data.inflected, data.inflectedCounts)
  const inflectedStems = Array.from(data.inflectedStems)

  /** The stem of a word, looked up where it is known: Porter's rules are a dozen expressions. */
  const stemOf = (word: string): string => {
    const place = inflected.places.get(word)
    if (place !== undefined) return stems.list[inflectedStems[place]!]!
    return stems.places.has(word) ? word : porter(word)
  }
  const placeOf = (word: string): number | undefined => {
    if (stopWords.has(word)) return stems.places.get(stopMark + word)
    const place = inflected.places.get(word)
    if (place !== undefined) return inflectedStems[place]
    return stems.places.get(word) ?? stems.places.get(porter(word))
  }
  const termAt = (place: number | undefined) =>
    place === undefined ? unknownTerm : place + firstTerm
  const isStop = (word: string) => stopWords.has(word)

  return {
    stemOf,
    /** The term of a word of the index, from now on its own; `english` says of what text. */
    learn(word: string, english: boolean): number {
      if (isPair(word)) return characterTerm(word)
      const stem = isStop(word) ? stopMark + word : porter(word)
      const place = stems.add(stem)
      if (isStop(word) || stem === word) stems.count(place, english)
      else {
        const own = inflected.add(word)
        inflectedStems[own] = place
        inflected.count(own, english)
      }
      return termAt(place)
    },
    learnMeaning: (meaning: string): number => termAt(stems.add(meaningMark + meaning)),
    /** The term of a word of a query, or `unknownTerm`. */
    find: (word: string): number => (isPair(word) ? characterTerm(word) : termAt(placeOf(word))),
    findStem: (stem: string): number => termAt(stems.places.get(stem)),
    findMeaning: (meaning: string): number => termAt(stems.places.get(meaningMark + meaning)),
    kindOf(term: number): TermKind {
      if (term < firstTerm) return isPairTerm(term) ? "pair" : "word"
      const stem = stems.list[term - firstTerm]!
      // No word begins with a mark: they are no letters.
      if (stem.startsWith(stopMark)) return "stop"
      return stem.startsWith(meaningMark) ? "meaning" : "word"
    },
    /** How often a word occurs in all texts that were learnt; not counted for character pairs. */
    countOf(word: string): number {
      const key = isStop(word) ? stopMark + word : word
      const place = inflected.places.get(key)
      return place === undefined ? stems.countOf(stems.places.get(key)) : inflected.countOf(place)
    },
    /** How many words all texts have together. */
    total: () => stems.total() + inflected.total(),
    /** The words of English texts and how often each occurs. */
    englishWords: (): Map<string, number> => new Map([...stems.english(), ...inflected.english()]),
    /** All terms lie below this. */
    size: () => stems.list.length + firstTerm,
    data: (): VocabularyData => ({
      stems: stems.list,
      inflected: inflected.list,
      inflectedStems,
      stemCounts: stems.counts(),
      inflectedCounts: inflected.counts(),
    }),
  }
}

export type Vocabulary = ReturnType<typeof createVocabulary>
