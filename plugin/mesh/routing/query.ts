import { vectorOf } from "./postings.ts"
import type { Lexeme, Reader } from "./reader.ts"
import type { NearWords } from "./near-words.ts"
import type { Spelling } from "./spelling.ts"
import { maxTextLength } from "./tokenize.ts"
import type { QueryRows } from "./text-index.ts"

/** Looking for a slip costs a tenth of a millisecond; a text of unknown words is another language. */
const mostCorrections = 24


export interface QueryWord extends Lexeme {
  /** Its place among the content words; neighbours make a phrase. */
  at: number
  /** 1, or less for a guess at what a misspelt word means. */
  weight: number
}

export interface Query {
  rows: QueryRows
  /** Content words that the index knows, in order. */
  words: QueryWord[]
  meanings: string[]
  /** Every word as typed, for the style of the text. */
  allWords: readonly string[]
  /** Content words, known or not. */
  contentWords: number
}

/** Takes a description apart; at most its first 4,000 characters are read. */
export const readQuery = (
  description: string,
  keywords: readonly string[],
  reader: Reader,
  spelling: Spelling,
  nearWords: NearWords,
  alsoMeans: (stems: readonly string[]) => readonly { stem: string; weight: number }[] = () => [],
): Query => {
  const text = [description.slice(0, maxTextLength), ...keywords].join("\n").slice(0, maxTextLength)
  const { words: allWords, meanings } = reader.read(text)

  const words: QueryWord[] = []
  const corrected: string[] = []
  let slips = 0
  const grams: number[] = []
  let unknown = 0
  let place = 0
  let corrections = 0
  for (const word of allWords) {
    const lexeme = reader.lookUp(word)
    corrected.push(word)
    if (lexeme.known && lexeme.term < 0) continue
    place += 1
    grams.push(...lexeme.grams)
    if (lexeme.known) {
      words.push({ ...lexeme, at: place, weight: 1 })
      continue
    }
    const guesses = corrections < mostCorrections ? spelling(word) : []
    corrections += 1
    guesses.forEach((guess, rank) => {
      const meant = reader.lookUp(guess.word)
      if (rank === 0) {
        corrected[corrected.length - 1] = guess.word
        slips += 1
        grams.push(...meant.grams)
      }
      if (meant.term >= 0) words.push({ ...meant, at: place, weight: guess.weight })
    })
    if (guesses.length > 0) continue
    const near = nearWords(word)
    for (const { word: other, likeness } of near) {
      const meant = reader.lookUp(other)
      if (meant.term >= 0) words.push({ ...meant, at: place, weight: likeness / near.length })
    }
    if (near.length === 0) unknown += 1
  }
  // Folded words have lost the accents by which foreign text is known.
  const isPlain = /^[\0-\x7f]*$/.test(text)
  const allMeanings = slips > 0 && isPlain ? reader.read(corrected.join(" ")).meanings : meanings

  const wordTerms = words.map(({ term, weight }) => [term, weight] as const)
  for (const { stem, weight } of alsoMeans(words.map((word) => word.stem))) {
    const term = reader.lookUpStem(stem)
    if (term >= 0) wordTerms.push([term, weight])
  }
  const meaningTerms = allMeanings
    .map(reader.lookUpMeaning)
    .filter((term) => term >= 0)
    .map((term) => [term, 1] as const)
  return {
    rows: {
      words: vectorOf(wordTerms),
      meanings: vectorOf(meaningTerms),
      grams: vectorOf(grams.map((gram) => [gram, 1] as const)),
      passages: vectorOf([...wordTerms, ...meaningTerms]),
      unknown,
    },
    words,
    meanings: [...new Set(allMeanings)],
    allWords,
    contentWords: place,
  }
}
