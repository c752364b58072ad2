import { createHash } from "node:crypto"
import type { Briefs } from "../ranking/briefs.ts"
import type { Classifier } from "../ranking/classifier.ts"
import { readsTheSame, type Candidate } from "../index/corpus.ts"
import { countTexts, withoutLonePairs, type CountedTexts } from "../index/counted-texts.ts"
import type { ExpansionConfig } from "../reading/expansions.ts"
import { createLanguage } from "../reading/language.ts"
import { readQuery, type Language, type Query } from "../reading/query.ts"
import lexicon from "../words/lexicon.txt" with { type: "text" }
import { isForeign } from "../words/meanings.ts"
import { findOriginals } from "../index/originals.ts"
import { holdersOf, packTexts, type PackedTexts } from "../index/packed-texts.ts"
import type { RosterData } from "./roster-file.ts"
import { createScorer } from "../ranking/signals.ts"
import { inverseFrequency } from "../index/bm25.ts"
import smallTalk from "../reading/small-talk.txt" with { type: "text" }
import { countTerms, type TermVector } from "../words/term-vector.ts"
import { isPair, splitWords } from "../words/tokenize.ts"
import {
  createVocabulary,
  unknownTerm,
  type TermKind,
  type Vocabulary,
} from "../words/vocabulary.ts"

/** Identifies a specialist's texts. Its questions are left out: they come with the roster file. */
export const fingerprintOf = ({ id, role, title, description, ...lists }: Candidate): string =>
  createHash("sha1")
    .update(
      JSON.stringify([
        id,
        role,
        title ?? "",
        description ?? "",
        lists.skills,
        lists.triggers ?? [],
        lists.terms ?? [],
        lists.aliases ?? [],
      ]),
    )
    .digest("base64")

/** Where a candidate's numbers lie: in the roster's texts or in those of the others. */
export interface Place {
  part: 0 | 1
  row: number
}

export interface Located {
  /** The roster, and the others. */
  parts: readonly [PackedTexts, PackedTexts]
  places: readonly Place[]
  /** For each candidate the one it is a running copy of, or itself. */
  copyOf: readonly number[]
}

const sameCandidates = (a: readonly Candidate[], b: readonly Candidate[]) =>
  a === b || (a.length === b.length && a.every((one, at) => readsTheSame(one, b[at]!)))

/** What is learnt about briefs (see briefs.ts). */
export interface BriefLessons {
  /** Texts, and whom each is for. */
  texts: readonly { agent: string; text: string }[]
  /** Names of languages and frameworks. */
  technologies: readonly string[]
}

export type Train = (material: {
  counted: CountedTexts
  talk: readonly TermVector[]
  /** With the place of the specialist each is for. */
  briefs: readonly (Pick<Query, "vector" | "head"> & { owner: number })[]
  kindOf: (term: number) => TermKind
}) => { classifier: Classifier; briefs?: Omit<Briefs, "technologies"> }

/**
 * As `readQuery` will read such a text. The index holds none of them, and words that no other text
 * has stay unknown: known, they would no longer be taken for a slip or a relative of another word.
 */
const readBriefs = (
  { texts }: BriefLessons,
  specialists: readonly Candidate[],
  language: Language,
) => {
  const owners = new Map(specialists.map(({ id }, at) => [id, at]))
  return texts.flatMap(({ agent, text }) => {
    const owner = owners.get(agent)
    if (owner === undefined) return []
    const { vector, head } = readQuery(text, [], language)
    return [{ owner, vector, head }]
  })
}

/** Its words are meant by slips as well. */
const learnLexicon = (vocabulary: Vocabulary) => {
  for (const line of lexicon.split("\n")) {
    for (const word of splitWords(line.split("|")[0] ?? "")) {
      if (vocabulary.countOf(word) === 0) vocabulary.learn(word, true)
    }
  }
}

/** Each phrase of small talk by its words; they join the vocabulary, so that slips in them are seen. */
const countTalk = (vocabulary: Vocabulary): TermVector[] =>
  smallTalk
    .split("\n")
    .map((phrase) => {
      const words = splitWords(phrase)
      const english = !isForeign(phrase, words)
      return countTerms(words.map((word) => vocabulary.learn(word, english)))
    })
    .filter(({ terms }) => terms.length > 0)

/** The terms of all words of the names, but of those that are in every sentence ("go"). */
const termsOf = (names: readonly string[], { find, kindOf }: Vocabulary) => {
  const terms = names.flatMap((name) => splitWords(name).map(find))
  const words = terms.filter((term) => term !== unknownTerm && kindOf(term) === "word")
  return Uint32Array.from(new Set(words)).sort()
}

/** Counts specialists for `writeRoster`; a build also trains classifiers on them. */
export const countRoster = (
  specialists: readonly Candidate[],
  train?: Train,
  lessons: BriefLessons = { texts: [], technologies: [] },
): RosterData => {
  const vocabulary = createVocabulary()
  const language = createLanguage(vocabulary, {})
  const { kindOf } = vocabulary
  const counted = withoutLonePairs(countTexts(specialists, vocabulary, language.meaningsIn))
  learnLexicon(vocabulary)
  const talk = train ? countTalk(vocabulary) : []
  const trained = train?.({
    counted,
    talk,
    briefs: readBriefs(lessons, specialists, language),
    kindOf,
  })
  return {
    fingerprints: specialists.map(fingerprintOf),
    vocabulary: vocabulary.data(),
    texts: packTexts(counted, kindOf),
    ...(trained && { classifier: trained.classifier }),
    ...(trained?.briefs && {
      briefs: { ...trained.briefs, technologies: termsOf(lessons.technologies, vocabulary) },
    }),
  }
}

/**
 * The index of everything that can be ranked. Specialists hardly ever change: they come from the
 * file made at build time, or are counted once. Whoever is not among them, a running agent or a
 * specialist of the user's own, is counted when first seen, by the roster's statistics.
 */
export const createRosterIndex = (data: RosterData, config: ExpansionConfig) => {
  const vocabulary = createVocabulary(data.vocabulary)
  const { texts } = data
  const language = createLanguage(vocabulary, config, (word) =>
    isPair(word) ? holdersOf(texts, vocabulary.find(word)) : vocabulary.countOf(word),
  )
  const rowOf = new Map(data.fingerprints.map((fingerprint, row) => [fingerprint, row]))
  const like = {
    averages: texts.averages,
    rarityOf: (term: number) => inverseFrequency(texts.owners.length, holdersOf(texts, term)),
  }
  let kept: (Located & { candidates: readonly Candidate[] }) | undefined

  return {
    language,
    score: createScorer(vocabulary.kindOf, data.classifier, data.briefs),
    locate(candidates: readonly Candidate[]): Located {
      if (kept && sameCandidates(kept.candidates, candidates)) return kept
      const others: Candidate[] = []
      const places = candidates.map((candidate): Place => {
        const row = candidate.kind === "agent" ? undefined : rowOf.get(fingerprintOf(candidate))
        if (row !== undefined) return { part: 0, row }
        others.push(candidate)
        return { part: 1, row: others.length - 1 }
      })
      const counted = countTexts(others, vocabulary, language.meaningsIn)
      kept = {
        parts: [texts, packTexts(counted, vocabulary.kindOf, like)],
        places,
        copyOf: findOriginals(candidates),
        candidates: [...candidates],
      }
      return kept
    },
  }
}

export type RosterIndex = ReturnType<typeof createRosterIndex>
