import { stem } from "./stem.ts"

/** A work description longer than this says no more about who fits; the rest is not read. */
export const maxTextLength = 4000

/** Longer runs without a space are data (base64, hashes), not words. */
const maxWordLength = 40

const cjk = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}ー々"
const cjkRun = new RegExp(`[${cjk}]+`, "gu")
const hasCjk = new RegExp(`[${cjk}]`, "u")
const asciiWord = /[a-z0-9]+(?:'[a-z]+)?(?:-[a-z0-9]+)*/g
const anyWord = /[\p{L}\p{N}]+(?:'\p{L}+)?(?:-[\p{L}\p{N}]+)*/gu
// A literal within a function makes an object at every call.
const apostrophes = /[’‘`´]/g
const accented = /[\u00c0-\u024f]/g
const marks = /\p{M}/gu
const possessive = /'s$/
const isAscii = /^[\0-\x7f]*$/

/** Names whose signs the word rule would drop; without them C++ and C# would both be "c". */
const namesWithSigns: readonly (readonly [RegExp, string])[] = [
  [/\bc\+\+/g, " cpp "],
  [/\bc#/g, " csharp "],
  [/\bf#/g, " fsharp "],
  [/(^|[\s(])\.net\b/g, "$1 dotnet "],
  [/\b([a-z]{1,8})\.(js|io|ai)\b/g, " $1$2 $1 $2 "],
]

/** NFKC, lower case, no accents on Latin letters, one kind of apostrophe, no control characters. */
export const fold = (text: string): string => {
  if (isAscii.test(text)) return text.toLowerCase()
  return text
    .toWellFormed()
    .normalize("NFKC")
    .toLowerCase()
    .replace(apostrophes, "'")
    .replaceAll("ß", "ss")
    .replace(accented, (letter) => letter.normalize("NFD").replace(marks, ""))
}

/** One word each: JavaScript has nothing to do with Java. */
const languageNames = /\b(?:Java|Type|Coffee|Action)Scripts?\b/g

/** `MainActivity` and `TS2322` are also their parts; the whole stays a word of its own. */
const identifierParts = (text: string): string =>
  text
    .replace(languageNames, (name) => name.toLowerCase())
    .replace(
      /\b\w*[a-z][A-Z]\w*\b/g,
      (name) => `${name} ${name.replace(/([a-z])([A-Z])/g, "$1 $2")}`,
    )
    .replace(/\b([A-Za-z]{2,})(\d+)\b/g, "$1$2 $1")
    .replace(/_+/g, " ")

const pairsOf = (run: string): string[] => {
  const letters = [...run]
  if (letters.length < 2) return letters
  return letters.slice(1).map((letter, at) => `${letters[at]}${letter}`)
}

const withoutApostrophe = (word: string) => word.replace(possessive, "").replaceAll("'", "")

/** "log-in" is also "login": people write it both ways. */
const spellingsOf = (word: string): string[] => {
  if (!word.includes("-")) return [withoutApostrophe(word)]
  const parts = word.split("-").map(withoutApostrophe)
  return parts.length === 2 ? [...parts, parts.join("")] : parts
}

/** What makes words hard to tell apart; most sentences have none of it and take the short way. */
const isIntricate = /[^\0-\x7f]|[a-z][A-Z]|[A-Za-z]{2}\d|[-+#_]|\.\w/

const splitIntricate = (text: string): string[] => {
  let folded = fold(identifierParts(text))
  if (/[+#.]/.test(folded)) {
    for (const [sign, name] of namesWithSigns) folded = folded.replace(sign, name)
  }
  return (folded.match(isAscii.test(folded) ? asciiWord : anyWord) ?? []).flatMap((word) =>
    hasCjk.test(word)
      ? [
          ...(word.match(cjkRun) ?? []).flatMap(pairsOf),
          ...word.replace(cjkRun, " ").split(" ").filter(Boolean),
        ]
      : spellingsOf(word),
  )
}

/** The words of a text in reading order, stop words included. Any text is safe, the empty too. */
export const splitWords = (text: string): string[] => {
  const read = text.length > maxTextLength ? text.slice(0, maxTextLength) : text
  const words = isIntricate.test(read)
    ? splitIntricate(read)
    : (read.toLowerCase().match(asciiWord) ?? []).map((word) =>
        word.includes("'") ? withoutApostrophe(word) : word,
      )
  return words.filter((word) => word.length <= maxWordLength && word !== "")
}

/** Stemming a word costs a dozen regular expressions; an index asks for the same words all day. */
export const createStemmer = (): ((word: string) => string) => {
  const stems = new Map<string, string>()
  return (word) => {
    const known = stems.get(word)
    if (known !== undefined) return known
    // Bounded, since descriptions come from outside and never end.
    if (stems.size > 50_000) stems.clear()
    const found = stem(word)
    stems.set(word, found)
    return found
  }
}

/** Whether a word of `splitWords` is a piece of Chinese or Japanese, which no reader would write. */
export const isPair = (word: string): boolean => word.charCodeAt(0) > 0x2e7f && hasCjk.test(word)
