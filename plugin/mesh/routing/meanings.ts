import { stem } from "./stem.ts"
import { englishStopWords, stopWords } from "./stop-words.ts"
import { fold, splitWords } from "./tokenize.ts"

/** From a text and its words (`splitWords`) to the meanings it names, one for each mention. */
export type Meanings = (text: string, words: readonly string[]) => string[]

interface Phrases {
  /** How many words the longest phrase has that could begin with this one; 0 for most words. */
  longest: (word: string) => number
  /** Phrase → meanings; words joined by a space. */
  whole: Map<string, string[]>
  /** The same for phrases that end in `*`, without it. */
  prefix: Map<string, string[]>
}

const longestHan = 8
/** A shorter prefix would catch words of other meanings. */
const shortestPrefix = 3

/** Phrases are told apart by their first letters before any is looked up: most texts name few. */
const headLength = 3

const createPhrases = () => {
  const heads = new Map<string, number>()
  const whole = new Map<string, string[]>()
  const prefix = new Map<string, string[]>()
  const addTo = (map: Map<string, string[]>, phrase: string, meaning: string) => {
    const head = phrase.slice(0, headLength)
    heads.set(head, Math.max(heads.get(head) ?? 0, phrase.split(" ").length))
    add(map, phrase, meaning)
  }
  return {
    whole,
    prefix,
    longest: (word: string) => heads.get(word.slice(0, headLength)) ?? 0,
    addWhole: (phrase: string, meaning: string) => addTo(whole, phrase, meaning),
    addPrefix: (phrase: string, meaning: string) => addTo(prefix, phrase, meaning),
  }
}

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

const foldPhrase = (entry: string) => fold(entry.replace(/\*$/, "")).replace(/[-']/g, " ")

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
  const english = createPhrases()
  const latin = createPhrases()
  const han = new Map<string, string[]>()
  for (const line of lexicon.split("\n")) {
    const [first = "", second = "", third = ""] = line.split("|")
    const [meaning] = entriesOf(first)
    if (meaning === undefined) continue
    for (const entry of entriesOf(first)) {
      english.addWhole(splitWords(entry).map(stemOf).join(" "), meaning)
    }
    for (const entry of entriesOf(second)) {
      if (entry.endsWith("*")) latin.addPrefix(foldPhrase(entry), meaning)
      else latin.addWhole(foldPhrase(entry), meaning)
    }
    for (const entry of entriesOf(third)) {
      if (/[^\0-\x7f]/.test(entry)) add(han, fold(entry.replace(/\*$/, "")), meaning)
      else english.addWhole(splitWords(entry).map(stemOf).join(" "), meaning)
    }
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
    inWords(words, latin.longest, (phrase) => {
      const found = meaningsOfPhrase(latin, phrase)
      if (!found || phrase.includes(" ")) return found
      const rest = meaningsOfPhrase(latin, restOfCompound(latin, phrase))
      return rest ? [...found, ...rest] : found
    })

  return (text, words) => {
    const foreign = isForeign(text, words)
    // "die" is a German article before it is a crash.
    const stems = words.map((word) => (foreign && stopWords.has(word) ? "" : stemOf(word)))
    const found = inWords(stems, english.longest, (phrase) => english.whole.get(phrase))
    if (foreign) found.push(...inLatin(words), ...inHan(fold(text)))
    return found
  }
}
