import { createHash } from "node:crypto"
import { readsTheSame, type Candidate } from "./corpus.ts"
import { countTexts, withoutLonePairs } from "./counted-texts.ts"
import type { ExpansionConfig } from "./expansions.ts"
import { createLanguage } from "./language.ts"
import { findOriginals } from "./originals.ts"
import { holdersOf } from "./postings.ts"
import type { RosterData } from "./roster-file.ts"
import { createTextIndex, type TextIndex } from "./text-index.ts"
import { isPair } from "./tokenize.ts"
import { createVocabulary } from "./vocabulary.ts"

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

/** Where a candidate's numbers lie: in the roster's index or in that of the others. */
export interface Place {
  index: "roster" | "others"
  row: number
}

export interface Located {
  roster: TextIndex
  others: TextIndex
  places: readonly Place[]
  /** For each candidate the one it is a running copy of, or itself. */
  copyOf: readonly number[]
}

const sameCandidates = (a: readonly Candidate[], b: readonly Candidate[]) =>
  a === b || (a.length === b.length && a.every((one, at) => readsTheSame(one, b[at]!)))

/** Counts specialists for `writeRoster`. */
export const countRoster = (specialists: readonly Candidate[]): RosterData => {
  const vocabulary = createVocabulary()
  const { meaningsIn } = createLanguage(vocabulary, {})
  const counted = countTexts(specialists, vocabulary, meaningsIn)
  return {
    fingerprints: specialists.map(fingerprintOf),
    vocabulary: vocabulary.data(),
    counted: withoutLonePairs(counted),
  }
}

/**
 * The index of everything that can be ranked. Specialists hardly ever change: they come from the
 * file made at build time, or are counted once. Whoever is not among them, a running agent or a
 * specialist of the user's own, is counted when first seen, by the roster's statistics.
 */
export const createRosterIndex = (data: RosterData, config: ExpansionConfig) => {
  const vocabulary = createVocabulary(data.vocabulary)
  const indexed = (counted: RosterData["counted"], like?: TextIndex) =>
    createTextIndex(counted, vocabulary, like)
  const roster = indexed(data.counted)
  const language = createLanguage(vocabulary, config, (word) =>
    isPair(word)
      ? holdersOf(roster.postings.passages, vocabulary.find(word))
      : vocabulary.countOf(word),
  )
  const rowOf = new Map(data.fingerprints.map((fingerprint, row) => [fingerprint, row]))

  const countOthers = (others: readonly Candidate[]) =>
    indexed(countTexts(others, vocabulary, language.meaningsIn), roster)
  let kept: (Located & { candidates: readonly Candidate[] }) | undefined

  return {
    language,
    locate(candidates: readonly Candidate[]): Located {
      if (kept && sameCandidates(kept.candidates, candidates)) return kept
      const others: Candidate[] = []
      const places = candidates.map((candidate): Place => {
        const row = candidate.kind === "agent" ? undefined : rowOf.get(fingerprintOf(candidate))
        if (row !== undefined) return { index: "roster", row }
        others.push(candidate)
        return { index: "others", row: others.length - 1 }
      })
      kept = {
        roster,
        others: countOthers(others),
        places,
        copyOf: findOriginals(candidates),
        candidates: [...candidates],
      }
      return kept
    },
  }
}

export type RosterIndex = ReturnType<typeof createRosterIndex>
