import type { Query, QueryWord } from "../reading/query.ts"

const mostMatches = 4

export interface Grounds {
  query: Query
  /** Whether the candidate's texts hold a term. */
  holds: (word: QueryWord) => boolean
  means: (meaning: string) => boolean
  rarity: (term: number) => number
}

/** Neighbours that both match are one phrase: "token expiry". */
const toPhrases = (words: readonly QueryWord[]) => {
  const phrases: { words: QueryWord[] }[] = []
  for (const word of words) {
    const last = phrases.at(-1)?.words
    const before = last?.at(-1)
    if (before?.place === word.place) continue
    if (last && before && before.place + 1 === word.place && last.length < 3) last.push(word)
    else phrases.push({ words: [word] })
  }
  return phrases.map((phrase) => phrase.words)
}

/** In words why a candidate was chosen: "matches: token expiry, session". */
export const renderReason = ({ query, holds, means, rarity }: Grounds): string => {
  const matching = query.words.filter((word) => !word.pair && holds(word))
  const ranked = toPhrases(matching)
    .map((words) => ({
      text: words.map((word) => word.text).join(" "),
      weight: Math.max(...words.map((word) => rarity(word.term) * word.weight)),
    }))
    .toSorted((a, b) => b.weight - a.weight)
  const texts = [...new Set(ranked.map(({ text }) => text))].slice(0, mostMatches)
  const sense = query.meanings.filter((meaning) => !texts.includes(meaning) && means(meaning))
  const parts = [
    ...(texts.length > 0 ? [`matches: ${texts.join(", ")}`] : []),
    ...(sense.length > 0 && texts.length < 3
      ? [`about: ${sense.slice(0, mostMatches - texts.length).join(", ")}`]
      : []),
  ]
  return parts.join("; ") || "no word in common"
}
