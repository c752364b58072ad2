import {
  calibration as fitted,
  confidenceLogit,
  confidenceOf,
  scoreOf,
  workShare,
} from "./ranking/calibrate.ts"
import type { Calibration } from "./ranking/calibrate.ts"
import type { Candidate } from "./index/corpus.ts"
import type { ExpansionConfig } from "./reading/expansions.ts"
import { feedbackWeight, type FeedbackOf } from "./ranking/feedback.ts"
import { readQuery } from "./reading/query.ts"
import { renderReason } from "./ranking/reasons.ts"
import { briefShape, briefShare, relevanceOf, workEvidence } from "./ranking/relevance.ts"
import { readRoster } from "./roster/roster-file.ts"
import { countRoster, createRosterIndex } from "./roster/roster-index.ts"
import type { Located, Place, RosterIndex } from "./roster/roster-index.ts"

export interface RoutingQuery {
  description: string
  keywords?: readonly string[]
  /** How many matches to give; all if there are fewer candidates. */
  top: number
}

export interface Match {
  kind: "agent" | "specialist"
  id: string
  role: string
  /** Positive, the higher the better; already multiplied by `weight`. */
  score: number
  /** What became of earlier work, as a factor: 0.5 to 1.5. */
  weight: number
  /** Expected share of correct answers among matches like this, 0 to 1. Rises with the score. */
  confidence: number
  /** false: more likely small talk, or work that nobody here does. */
  fits: boolean
  reason: string
}

export interface RoutingConfig extends ExpansionConfig {
  /** The confidence below which a match does not fit; fitted to keep nine of ten descriptions. */
  threshold?: number
  /** How much the nearness of vectors counts beside words, in standard deviations. */
  nearness_weight?: number
}

export interface RouterOptions {
  config?: RoutingConfig
  /** A file made by `writeRoster`; without it, the first query counts the specialists itself. */
  roster?: Uint8Array
  calibration?: Calibration
}

/**
 * Whoever has given only a role and skills cannot match as many words as one with sixty questions.
 * Measured: at 1.6, eight idle agents of other trades take the first place from the right specialist
 * in one of 369 descriptions, at 1.8 in five.
 */
const bareFactor = 1.6

const isBare = ({ triggers, questions }: Candidate, { part }: Place) =>
  part === 1 && !triggers?.length && !questions?.length

/** An idle agent knows the project already and needs no start; each waiting thing costs. */
const idleBonus = 0.7
const loadPenalty = 0.25
const mostPenalty = 2

const availabilityOf = ({ kind, load = 0, available = true }: Candidate): number => {
  if (kind === "specialist") return 0
  if (!available) return -mostPenalty
  return Math.max(-mostPenalty, idleBonus - loadPenalty * Math.max(0, load))
}

/** For each candidate the highest relevance among the others; copies of one do not compete. */
const bestOthers = (relevance: Float64Array, copyOf: readonly number[]): Float64Array => {
  const best = new Float64Array(relevance.length)
  for (let at = 0; at < best.length; at++) {
    const own = copyOf[at]!
    best[own] = Math.max(best[own]!, relevance[at]!)
  }
  let first = -1
  let highest = 0
  let second = 0
  for (let at = 0; at < best.length; at++) {
    if (first < 0 || best[at]! > highest) {
      second = highest
      highest = best[at]!
      first = at
    } else if (best[at]! > second) second = best[at]!
  }
  return relevance.map((_, at) => (copyOf[at] === first ? second : highest))
}

/** Distance from the mean in standard deviations, 0 to 4: models differ in what "near" is. */
const standardized = (values: readonly number[]): number[] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)
  const deviation = Math.sqrt(variance)
  return values.map((value) =>
    deviation > 0 ? Math.max(0, Math.min(4, (value - mean) / deviation)) : 0,
  )
}

export const createRouter = ({ config = {}, roster, calibration = fitted }: RouterOptions = {}) => {
  let index: RosterIndex | undefined
  const { threshold = calibration.threshold, nearness_weight = 0.8 } = config

  const indexFor = (candidates: readonly Candidate[]): RosterIndex => {
    const data = roster && readRoster(roster)
    return createRosterIndex(
      data ?? countRoster(candidates.filter(({ kind }) => kind === "specialist")),
      config,
    )
  }

  return {
    /**
     * The candidates that fit best, best first: always `top` of them if there are so many, each
     * marked whether it fits at all. `nearness` gives the cosine of an embedding for each id.
     */
    rank(
      { description, keywords = [], top }: RoutingQuery,
      candidates: readonly Candidate[],
      feedback?: FeedbackOf,
      nearness?: ReadonlyMap<string, number>,
    ): Match[] {
      const { language, locate, score } = (index ??= indexFor(candidates))
      const located: Located = locate(candidates)
      const query = readQuery(description, keywords, language)
      const scored = score(located.parts, query)
      const work = workShare(
        workEvidence(query, scored, language.talk),
        scored.talk === undefined ? calibration.workUnlearnt : calibration.work,
      )
      const share = scored.brief
        ? briefShare(briefShape(scored.brief, query), calibration.brief)
        : 0
      const own = scored.signals.map((signals) => relevanceOf(signals, calibration, share))
      const near = nearness && standardized(candidates.map(({ id }) => nearness.get(id) ?? 0))
      const alone = new Float64Array(candidates.length)
      for (let at = 0; at < alone.length; at++) {
        const place = located.places[at]!
        const factor = isBare(candidates[at]!, place) ? bareFactor : 1
        alone[at] = own[place.part]![place.row]! * factor + (near?.[at] ?? 0) * nearness_weight
      }
      const { copyOf } = located
      // A running copy of a specialist can do what the specialist can, whatever its own words say.
      const relevance = alone.map((value, at) => Math.max(value, alone[copyOf[at]!]!))
      const others = bestOthers(relevance, copyOf)

      const weights = new Float64Array(candidates.length)
      const scores = new Float64Array(candidates.length)
      candidates.forEach((candidate, at) => {
        const lead = relevance[at]! - others[at]!
        const logit =
          confidenceLogit(work, relevance[at]!, lead, calibration) + availabilityOf(candidate)
        weights[at] = feedback ? feedbackWeight(feedback(candidate.id)) : 1
        scores[at] = scoreOf(logit) * weights[at]!
      })
      const order = new Uint32Array(candidates.length)
        .map((_, at) => at)
        .sort(
          (a, b) =>
            scores[b]! - scores[a]! ||
            (candidates[a]!.load ?? 0) - (candidates[b]!.load ?? 0) ||
            (candidates[a]!.id < candidates[b]!.id ? -1 : 1),
        )
      return Array.from(order.subarray(0, Math.max(0, Math.floor(top))), (at) => {
        const { kind, id, role } = candidates[at]!
        const score = scores[at]!
        const confidence = confidenceOf(score)
        const grounds = [at, copyOf[at]!].map((each) => located.places[each]!)
        const has = (term: number) => grounds.some(({ part, row }) => scored.holds(part, term, row))
        return {
          kind,
          id,
          role,
          score,
          weight: weights[at]!,
          confidence,
          fits: confidence >= threshold,
          reason: renderReason({
            query,
            holds: ({ term }) => has(term),
            means: (meaning) => has(language.vocabulary.findMeaning(meaning)),
            rarity: scored.rarityOf,
          }),
        }
      })
    },
  }
}

export type Router = ReturnType<typeof createRouter>
