import { stem } from "./stem.ts"
import { englishStopWords, foreignStopWords, stopWords } from "./stop-words.ts"
import { fold, splitWords } from "./tokenize.ts"

/** From a text and its words (`splitWords`) to the meanings it names, one for each mention. */
export type Meanings = (text: string, words: readonly string[]) => string[]

const letterBeyondAscii = /(?=[^\0-\x7f])\p{L}/u
const longestHan = 8
/** A shorter prefix would catch words of other meanings. */
const shortestPrefix = 3
/** Phrases are told apart by their first letters before any is looked up: most texts name few. */
const headLength = 3

const add = (map: Map<string, string[]>, key: string, meaning: string) => {
  const known = map.get(key)
  if (!known) map.set(key, [meaning])
  else if (!known.includes(meaning)) known.push(meaning)
}

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
    /** How many words the longest phrase has that could begin with this one; 0 for most words. */
    longest: (word: string) => heads.get(word.slice(0, headLength)) ?? 0,
    isPrefix: (text: string) => prefix.has(text),
    addWhole: (phrase: string, meaning: string) => addTo(whole, phrase, meaning),
    addPrefix: (phrase: string, meaning: string) => addTo(prefix, phrase, meaning),
    find(phrase: string): string[] | undefined {
      const exact = whole.get(phrase)
      if (exact || prefix.size === 0) return exact
      for (let length = phrase.length; length >= shortestPrefix; length--) {
        const found = prefix.get(phrase.slice(0, length))
        if (found) return found
      }
      return undefined
    },
  }
}

type Phrases = ReturnType<typeof createPhrases>

const entriesOf = (cell: string) =>
  cell
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")

const readEnglish = (lines: readonly string[], stemOf: (word: string) => string): Phrases => {
  const english = createPhrases()
  for (const line of lines) {
    const end = line.indexOf("|")
    const entries = entriesOf(end < 0 ? line : line.slice(0, end))
    for (const entry of entries) {
      english.addWhole(splitWords(entry).map(stemOf).join(" "), entries[0] ?? entry)
    }
  }
  return english
}

const readForeign = (lines: readonly string[]) => {
  const latin = createPhrases()
  const han = new Map<string, string[]>()
  for (const line of lines) {
    const [first = "", second = "", third = ""] = line.split("|")
    const [meaning = ""] = entriesOf(first)
    for (const entry of entriesOf(second)) {
      if (entry.endsWith("*")) latin.addPrefix(entry.slice(0, -1), meaning)
      else latin.addWhole(entry, meaning)
    }
    for (const entry of entriesOf(third)) add(han, entry.replace(/\*$/, ""), meaning)
  }
  return { latin, han }
}

/** German joins words without a space: what follows a known beginning is looked up once more. */
const restOfCompound = (latin: Phrases, word: string): string => {
  for (let length = word.length - 4; length >= 4; length--) {
    if (latin.isPrefix(word.slice(0, length))) return word.slice(length).replace(/^s(?=.{4})/, "")
  }
  return ""
}

/**
 * Letters that English does not have, or more function words of other languages than of English
 * alone: then foreign words may be looked up.
 */
export const isForeign = (text: string, words: readonly string[]): boolean => {
  if (letterBeyondAscii.test(text)) return true
  let foreign = 0
  for (const word of words) {
    const english = englishStopWords.has(word)
    if (english !== foreignStopWords.has(word)) foreign += english ? -1 : 1
  }
  return foreign > 0
}

const inWords = (
  words: readonly string[],
  phrases: Phrases,
  find: (phrase: string) => string[] | undefined,
) =>
  longestFirst(
    words.length,
    (at) => Math.min(phrases.longest(words[at]!), words.length - at),
    (at, size) => find(size === 1 ? words[at]! : words.slice(at, at + size).join(" ")),
  )

const inHan = (text: string, han: ReadonlyMap<string, string[]>) =>
  longestFirst(
    text.length,
    // Below lie the alphabets, which no entry of this column begins with.
    (at) => (text.charCodeAt(at) > 0x2e7f ? longestHan : 0),
    (at, size) => han.get(text.slice(at, at + size)),
  )

/** From left to right, the meanings of the longest piece that has any; what has none is passed over. */
const longestFirst = (
  length: number,
  longestAt: (at: number) => number,
  meaningsOf: (at: number, size: number) => readonly string[] | undefined,
) => {
  const found: string[] = []
  for (let at = 0; at < length;) {
    let taken = 1
    for (let size = longestAt(at); size > 0; size--) {
      const meanings = meaningsOf(at, size)
      if (!meanings) continue
      found.push(...meanings)
      taken = size
      break
    }
    at += taken
  }
  return found
}

/**
 * Reads a lexicon such as lexicon.txt: words of work by what they mean, for descriptions in other
 * words or another language than the specialists' own. A line is `English | German, Spanish,
 * Portuguese | Chinese, Japanese`; the first English word names the meaning, `*` stands for any
 * ending, and several words count when they are neighbours. It is written folded: lower case, no
 * accents on Latin letters.
 *
 * English is looked up by stem; German, Spanish and Portuguese only in texts that look foreign,
 * since their words mean something else in English ("red", "die"); Chinese and Japanese by the
 * longest known run of characters.
 */
export const createMeanings = (
  lexicon: string,
  stemOf: (word: string) => string = stem,
): Meanings => {
  const lines = lexicon.split("\n").filter((line) => line.trim() !== "")
  const english = readEnglish(lines, stemOf)
  // Most processes never see a foreign description, and reading this part takes longer.
  let foreign: ReturnType<typeof readForeign> | undefined

  return (text, words) => {
    const looksForeign = isForeign(text, words)
    const stems = words.map(stemOf)
    // "die" is a German article before it is a crash; "are" has the stem of "AR".
    const stops = looksForeign ? stopWords : englishStopWords
    const stopStems = new Set(stems.filter((_, at) => stops.has(words[at]!)))
    const found = inWords(stems, english, (phrase) =>
      stopStems.has(phrase) ? undefined : english.find(phrase),
    )
    if (!looksForeign) return found
    const { latin, han } = (foreign ??= readForeign(lines))
    const inLatin = inWords(words, latin, (phrase) => {
      const known = latin.find(phrase)
      if (!known || phrase.includes(" ")) return known
      return [...known, ...(latin.find(restOfCompound(latin, phrase)) ?? [])]
    })
    return [...found, ...inLatin, ...inHan(fold(text), han)]
  }
}
