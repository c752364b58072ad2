import { createHash } from "node:crypto"
import type { Classifier } from "../ranking/classifier.ts"
import { readsTheSame, type Candidate } from "../index/corpus.ts"
import { countTexts, withoutLonePairs, type CountedTexts } from "../index/counted-texts.ts"
import type { ExpansionConfig } from "../reading/expansions.ts"
import { createLanguage } from "../reading/language.ts"
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
import { createVocabulary, type TermKind, type Vocabulary } from "../words/vocabulary.ts"

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

export type TrainClassifier = (
  counted: CountedTexts,
  talk: readonly TermVector[],
  kindOf: (term: number) => TermKind,
) => Classifier

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

/** Counts specialists for `writeRoster`; a build also trains a classifier on them. */
export const countRoster = (
  specialists: readonly Candidate[],
  train?: TrainClassifier,
): RosterData => {
  const vocabulary = createVocabulary()
  const { meaningsIn } = createLanguage(vocabulary, {})
  const counted = withoutLonePairs(countTexts(specialists, vocabulary, meaningsIn))
  learnLexicon(vocabulary)
  const talk = train ? countTalk(vocabulary) : []
  return {
    fingerprints: specialists.map(fingerprintOf),
    vocabulary: vocabulary.data(),
    texts: packTexts(counted, vocabulary.kindOf),
    ...(train && { classifier: train(counted, talk, vocabulary.kindOf) }),
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
    score: createScorer(vocabulary.kindOf, data.classifier),
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
