import { splitWords } from "../words/tokenize.ts"
import type { Expansion } from "./query.ts"

/** What a project's own words mean; both are read as phrases, compared by stem. */
export interface ExpansionConfig {
  /** A phrase → phrases that mean the same: { "k8s": ["kubernetes"] }. Holds both ways. */
  synonyms?: Readonly<Record<string, readonly string[]>>
  /** A skill → narrower skills it contains: { "databases": ["postgres", "query tuning"] }. */
  taxonomy?: Readonly<Record<string, readonly string[]>>
}

const synonymWeight = 0.9
/** Whoever can do the whole can do the part, more likely than the other way round. */
const broaderWeight = 0.6
const narrowerWeight = 0.4
const longestPhrase = 4

/** The stems that the words of a text stand for beside their own. */
export const createExpansions = (
  { synonyms = {}, taxonomy = {} }: ExpansionConfig,
  stemOf: (word: string) => string,
): ((words: readonly string[]) => Expansion[]) => {
  const meant = new Map<string, Expansion[]>()
  const stemsOf = (phrase: string) => splitWords(phrase).map(stemOf)
  const link = (from: string, to: string, weight: number) => {
    const key = stemsOf(from).join(" ")
    const expansions = stemsOf(to).map((stem) => ({ stem, weight }))
    if (key !== "") meant.set(key, [...(meant.get(key) ?? []), ...expansions])
  }
  for (const [phrase, others] of Object.entries(synonyms)) {
    for (const other of others) {
      link(phrase, other, synonymWeight)
      link(other, phrase, synonymWeight)
    }
  }
  for (const [skill, parts] of Object.entries(taxonomy)) {
    for (const part of parts) {
      link(part, skill, broaderWeight)
      link(skill, part, narrowerWeight)
    }
  }

  return (words) => {
    if (meant.size === 0) return []
    const stems = words.map(stemOf)
    const own = new Set(stems)
    return stems.flatMap((_, at) =>
      Array.from({ length: longestPhrase }, (_each, more) =>
        stems.slice(at, at + more + 1).length === more + 1
          ? (meant.get(stems.slice(at, at + more + 1).join(" ")) ?? [])
          : [],
      )
        .flat()
        .filter(({ stem }) => !own.has(stem)),
    )
  }
}
