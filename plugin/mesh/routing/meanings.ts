import { stem } from "./stem.ts"
import { englishStopWords, stopWords } from "./stop-words.ts"
import { fold, splitWords } from "./tokenize.ts"

/** From a text and its words (`splitWords`) to the meanings it names, one for each mention. */
export type Meanings = (text: string, words: readonly string[]) => string[]

interface Phrases {
  /** Phrase → meanings; words joined by a space. */
  whole: Map<string, string[]>
  /** The same for phrases that end in `*`, without it. */
  prefix: Map<string, string[]>
}

const longestPhrase = 4
const longestHan = 8
/** A shorter prefix would catch words of other meanings. */
const shortestPrefix = 3

const emptyPhrases = (): Phrases => ({ whole: new Map(), prefix: new Map() })

const add = (map: Map<string, string[]>, key: string, meaning: string) => {
  const known = map.get(key)
  if (!known) map.set(key, [meaning])
  else if (!known.includes(meaning)) known.push(meaning)
}

const entriesOf = (cell: string) =>
  cell
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

const addPhrase = (phrases: Phrases, entry: string, meaning: string) => {
  const phrase = fold(entry.replace(/\*$/, "")).replace(/[-']/g, " ")
  add(entry.endsWith("*") ? phrases.prefix : phrases.whole, phrase, meaning)
}

const meaningsOfPhrase = ({ whole, prefix }: Phrases, phrase: string): string[] | undefined => {
  const exact = whole.get(phrase)
  if (exact) return exact
  for (let length = phrase.length; length >= shortestPrefix; length--) {
    const found = prefix.get(phrase.slice(0, length))
    if (found) return found
  }
  return undefined
}

/** German joins words without a space: what follows a known beginning is looked up once more. */
const restOfCompound = ({ prefix }: Phrases, word: string): string => {
  for (let length = word.length - 4; length >= 4; length--) {
    if (prefix.has(word.slice(0, length))) return word.slice(length).replace(/^s(?=.{4})/, "")
  }
  return ""
}

/** Accents, or function words that English does not have: then foreign words may be looked up. */
export const isForeign = (text: string, words: readonly string[]) =>
  /[^\0-\x7f’‘“”–—…]/.test(text) ||
  words.some((word) => stopWords.has(word) && !englishStopWords.has(word))

/**
 * Reads a lexicon (see lexicon.ts). English is looked up by stem; German, Spanish and Portuguese
 * only in texts that look foreign, since their words mean something else in English ("red",
 * "die"); Chinese and Japanese by the longest known run of characters.
 */
export const createMeanings = (
  lexicon: string,
  stemOf: (word: string) => string = stem,
): Meanings => {
  const english = emptyPhrases()
  const latin = emptyPhrases()
  const han = new Map<string, string[]>()
  for (const line of lexicon.split("\n")) {
    const [first = "", second = "", third = ""] = line.split("|")
    const [meaning] = entriesOf(first)
    if (meaning === undefined) continue
    for (const entry of entriesOf(first)) {
      add(english.whole, splitWords(entry).map(stemOf).join(" "), meaning)
    }
    for (const entry of entriesOf(second)) addPhrase(latin, entry, meaning)
    for (const entry of entriesOf(third)) {
      if (/[^\0-\x7f]/.test(entry)) add(han, fold(entry.replace(/\*$/, "")), meaning)
      else add(english.whole, splitWords(entry).map(stemOf).join(" "), meaning)
    }
  }

  // Most words begin no phrase at all, and every text of the index passes here.
  const beginnings = new Map<string, number>()
  for (const phrase of english.whole.keys()) {
    const parts = phrase.split(" ")
    const beginning = parts[0] ?? ""
    beginnings.set(beginning, Math.max(beginnings.get(beginning) ?? 0, parts.length))
  }

  const inWords = (
    words: readonly string[],
    longest: (word: string) => number,
    find: (phrase: string) => string[] | undefined,
  ) => {
    const found: string[] = []
    for (let at = 0; at < words.length; ) {
      let taken = 1
      for (let size = Math.min(longest(words[at]!), words.length - at); size > 0; size--) {
        const meanings = find(size === 1 ? words[at]! : words.slice(at, at + size).join(" "))
        if (!meanings) continue
        found.push(...meanings)
        taken = size
        break
      }
      at += taken
    }
    return found
  }

  const inHan = (text: string) => {
    const found: string[] = []
    for (let at = 0; at < text.length; ) {
      let taken = 0
      if (text.charCodeAt(at) > 0x2e7f) {
        for (let size = longestHan; size > 0; size--) {
          const meanings = han.get(text.slice(at, at + size))
          if (!meanings) continue
          found.push(...meanings)
          taken = size
          break
        }
      }
      at += Math.max(1, taken)
    }
    return found
  }

  const inLatin = (words: readonly string[]) =>
    inWords(words, () => longestPhrase, (phrase) => {
      const found = meaningsOfPhrase(latin, phrase)
      if (!found || phrase.includes(" ")) return found
      const rest = meaningsOfPhrase(latin, restOfCompound(latin, phrase))
      return rest ? [...found, ...rest] : found
    })

  return (text, words) => {
    const foreign = isForeign(text, words)
    // "die" is a German article before it is a crash.
    const stems = words.map((word) => (foreign && stopWords.has(word) ? "" : stemOf(word)))
    const found = inWords(
      stems,
      (word) => beginnings.get(word) ?? 0,
      (phrase) => english.whole.get(phrase),
    )
    if (foreign) {
      found.push(...inLatin(words), ...inHan(fold(text)))
    }
    return found
  }
}
