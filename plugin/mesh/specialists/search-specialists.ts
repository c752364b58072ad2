import { toSlug } from "./file/convert-agent-file.ts"
import type { Specialist } from "./file/specialist.ts"

/** Where a word counts how much: a name says more than what the description happens to mention. */
const fields: readonly { weight: number; textOf: (one: Specialist) => readonly string[] }[] = [
  { weight: 6, textOf: ({ agent, title, aliases }) => [agent, title, ...aliases] },
  { weight: 3, textOf: ({ skills, division }) => [...skills, division ?? ""] },
  { weight: 2, textOf: ({ description }) => [description] },
  { weight: 1, textOf: ({ triggers, terms }) => [...triggers, ...terms] },
]

const wordsOf = (text: string) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/** A query is a few words; what is longer was pasted, and route_work is there for that. */
const mostWords = 20

/** Chinese and Japanese put no space between words, so there a part of the text is enough. */
const isUnspaced = (word: string) =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)

const holds = (text: string, word: string) => {
  if (isUnspaced(word)) return text.includes(word)
  // "c" is the language and not the first letter of "code"; longer words may be begun only.
  return text.includes(word.length === 1 ? ` ${word} ` : ` ${word}`)
}

const rate = (one: Specialist, words: readonly string[]) => {
  const texts = fields.map(({ weight, textOf }) => ({
    weight,
    text: ` ${wordsOf(textOf(one).join(" ")).join(" ")} `,
  }))
  const weights = words.map((word) => texts.find(({ text }) => holds(text, word))?.weight ?? 0)
  return {
    one,
    found: weights.filter((weight) => weight > 0).length,
    score: weights.reduce((sum, weight) => sum + weight, 0),
  }
}

/**
 * The specialists that have all words of a query, or if nobody has all, those that have any; those
 * whose names say it come first. Without a query: everybody, in the order given.
 */
export const searchSpecialists = (
  specialists: readonly Specialist[],
  query: string | undefined,
  division: string | undefined,
  limit: number,
): { total: number; agents: Specialist[] } => {
  const wanted = division?.trim() ? toSlug(division) : undefined
  const among = specialists.filter(
    (one) =>
      wanted === undefined || (one.division !== undefined && toSlug(one.division) === wanted),
  )
  const page = (agents: readonly Specialist[]) => ({
    total: agents.length,
    agents: agents.slice(0, Math.max(0, limit)),
  })
  if (!query?.trim()) return page(among)
  const words = [...new Set(wordsOf(query))].slice(0, mostWords)
  const rated = among.map((one) => rate(one, words)).filter(({ found }) => found > 0)
  const complete = rated.filter(({ found }) => found === words.length)
  return page(
    (complete.length > 0 ? complete : rated)
      .toSorted((a, b) => b.found - a.found || b.score - a.score)
      .map(({ one }) => one),
  )
}
