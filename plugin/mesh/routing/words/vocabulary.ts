import { stopWords } from "./stop-words.ts"
import { createStemmer, isPair } from "./tokenize.ts"
import { createWordTable, packWords, type PackedWords } from "../packing/word-table.ts"

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

/** A vocabulary as it is kept in a file. */
export interface VocabularyData {
  /** Words as they stand in texts, stems, and with a mark stop words and meanings. */
  words: PackedWords
  /** Entry of `words` → its term, counted from the first that is not hashed. */
  terms: Uint32Array
  /** Entry → how often it stands in the texts, and in those that look English. */
  counts: Uint32Array
  englishCounts: Uint32Array
  /** Term → the entry whose mark tells its kind. */
  names: Uint32Array
}

/** The term of two words in a row: a phrase such as "log in" or "at once" says more than its words. */
export const pairTerm = (first: number, second: number): number =>
  (Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b) >>> 0) % pairTerms

const characterTerm = (pair: string): number =>
  pairTerms + (pairTerm(pair.charCodeAt(0), pair.charCodeAt(pair.length - 1)) % characterTerms)

/** Whether a term is a pair of neighbours. They come before all other terms. */
export const isPairTerm = (term: number): boolean => term < pairTerms

const emptyData = (): VocabularyData => ({
  words: packWords([]),
  terms: new Uint32Array(),
  counts: new Uint32Array(),
  englishCounts: new Uint32Array(),
  names: new Uint32Array(),
})

/** No word begins with a mark: they are no letters. */
const kindOfMark = (first: number): TermKind =>
  first === stopMark.charCodeAt(0)
    ? "stop"
    : first === meaningMark.charCodeAt(0)
      ? "meaning"
      : "word"

interface Learnt {
  term: number
  count: number
  english: number
}

const sumOf = (numbers: Uint32Array) => numbers.reduce((sum, number) => sum + number, 0)

/**
 * Gives words and meanings numbers, their terms. Words of the index are learnt; those of a query
 * only looked up, since descriptions come from outside and never end.
 */
export const createVocabulary = (data: VocabularyData = emptyData()) => {
  const porter = createStemmer()
  const table = createWordTable(data.words)
  /** What was learnt since the file was made: words of running agents and of the user's specialists. */
  const learnt = new Map<string, Learnt>()
  const newNames: string[] = []
  const known = data.names.length

  const termOf = (key: string): number | undefined => {
    const own = learnt.get(key)
    if (own) return own.term
    const entry = table.find(key)
    return entry < 0 ? undefined : data.terms[entry]! + firstTerm
  }
  const keyOf = (word: string) => (stopWords.has(word) ? stopMark + word : word)

  /** The term of a key; a new one is named by it. */
  const learnKey = (key: string): number => {
    const found = termOf(key)
    if (found !== undefined) return found
    const term = firstTerm + known + newNames.length
    newNames.push(key)
    learnt.set(key, { term, count: 0, english: 0 })
    return term
  }
  const count = (key: string, term: number, english: boolean) => {
    if (!learnt.has(key) && table.find(key) >= 0) return
    const own = learnt.get(key) ?? { term, count: 0, english: 0 }
    learnt.set(key, own)
    own.count += 1
    if (english) own.english += 1
  }

  return {
    stemOf: porter,
    /** The term of a word of the index, from now on its own; `english` says of what text. */
    learn(word: string, english: boolean): number {
      if (isPair(word)) return characterTerm(word)
      const key = keyOf(word)
      const term = learnKey(key === word ? porter(word) : key)
      count(key, term, english)
      return termOf(key) ?? term
    },
    learnMeaning: (meaning: string): number => learnKey(meaningMark + meaning),
    /** The term of a word of a query, or `unknownTerm`. */
    find(word: string): number {
      if (isPair(word)) return characterTerm(word)
      const key = keyOf(word)
      return termOf(key) ?? (key === word ? termOf(porter(word)) : undefined) ?? unknownTerm
    },
    findStem: (stem: string): number => termOf(stem) ?? unknownTerm,
    findMeaning: (meaning: string): number => termOf(meaningMark + meaning) ?? unknownTerm,
    kindOf(term: number): TermKind {
      if (term < firstTerm) return isPairTerm(term) ? "pair" : "word"
      const at = term - firstTerm
      return kindOfMark(
        at < known ? table.firstByteOf(data.names[at]!) : newNames[at - known]!.charCodeAt(0),
      )
    },
    /** How often a word occurs in all texts that were learnt; not counted for character pairs. */
    countOf(word: string): number {
      const key = keyOf(word)
      const entry = table.find(key)
      return entry < 0 ? (learnt.get(key)?.count ?? 0) : data.counts[entry]!
    },
    /** How many words all texts have together. */
    total(): number {
      let total = sumOf(data.counts)
      for (const each of learnt.values()) total += each.count
      return total
    },
    /** The words of the file's English texts and how often each occurs, for its spelling. */
    englishWords: { words: data.words, counts: data.englishCounts },
    /** The words of English texts that begin with a text. */
    *englishWordsFrom(beginning: string): Generator<string> {
      const [from, to] = table.beginningWith(beginning)
      for (let entry = from; entry < to; entry++) {
        if (data.englishCounts[entry]! > 0) yield table.wordAt(entry)
      }
      for (const [word, { english }] of learnt) {
        if (english > 0 && word.startsWith(beginning)) yield word
      }
    },
    /** What was learnt, to be kept; only of a vocabulary that began empty. */
    data(): VocabularyData {
      const words = packWords([...learnt.keys()])
      const values = [...learnt.values()]
      const entries = words.order.map((at) => values[at]!)
      const names = new Uint32Array(newNames.length)
      const places = new Map(newNames.map((name, at) => [name, at]))
      const keys = [...learnt.keys()]
      words.order.forEach((at, entry) => {
        const name = places.get(keys[at]!)
        if (name !== undefined) names[name] = entry
      })
      return {
        words: { text: words.text, starts: words.starts },
        terms: Uint32Array.from(entries, ({ term }) => term - firstTerm),
        counts: Uint32Array.from(entries, (each) => each.count),
        englishCounts: Uint32Array.from(entries, ({ english }) => english),
        names,
      }
    },
  }
}

export type Vocabulary = ReturnType<typeof createVocabulary>
