import { rowOf } from "../packing/row-of.ts"
import { classify, type Classifier } from "./classifier.ts"

/**
 * What was learnt about briefs: pieces of work as a lead model writes them, the activity first, then
 * what it is done to. They name so many technologies that whoever lives by one of these would come
 * before whoever lives by the activity.
 */
export interface Briefs {
  /** Its features are terms, told apart by whether they stand in the head of the text. */
  classifier: Classifier
  /** How rare each feature is among briefs, in steps of `rarityStep`. */
  rarities: Uint8Array
  /** The words of which names of languages and frameworks are made, ascending. */
  technologies: Uint32Array
}

/** The rarest of some seven thousand texts, at ln 7,000, is 222 steps. */
export const rarityStep = 0.04

const featureOf = (term: number, inHead: boolean): number => 2 * term + (inHead ? 1 : 0)

/** What tells a brief from what people type. */
export interface BriefEvidence {
  /** Which share of the text, by rarity, are words that briefs have. */
  known: number
  /** What the classifier gives the best specialist, a logit. */
  best: number
  /** How many technologies it names, three at most. */
  technologies: number
}

const mostTechnologies = 3

export interface JudgedBrief {
  /** For each specialist of the roster. Good until the next query. */
  scores: Float64Array
  evidence: BriefEvidence
}

export interface WeightedTerms {
  terms: Uint32Array
  /** By how rare the terms are in the roster's texts; 0 for those that do not count. */
  weights: Float64Array
  head: readonly number[]
}

/** The features of a text as a vector of length 1; those whose rarity is 0 are left out. */
export const featuresOf = (
  { terms, weights, head }: WeightedTerms,
  rarityOf: (feature: number) => number,
) => {
  const features: number[] = []
  const values: number[] = []
  let squares = 0
  const add = (feature: number) => {
    const value = rarityOf(feature)
    if (value === 0) return
    features.push(feature)
    values.push(value)
    squares += value ** 2
  }
  terms.forEach((term, at) => {
    if (weights[at]! > 0) add(featureOf(term, false))
  })
  for (const term of new Set(head)) add(featureOf(term, true))
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
  return {
    features: Uint32Array.from(features),
    values: Float64Array.from(values, (value) => value * scale),
  }
}

/** Counts in `room`, which has a zero for each specialist. */
export const judgeBrief = (
  { classifier, rarities, technologies }: Briefs,
  text: WeightedTerms,
  room: Float64Array,
): JudgedBrief => {
  const rarityOf = (feature: number) => {
    const row = rowOf(classifier.terms, feature)
    return row < 0 ? 0 : rarities[row]! * rarityStep
  }
  const { features, values } = featuresOf(text, rarityOf)
  const scores = classify(classifier, features, values, room)
  let best = 0
  for (const score of scores) if (score > best) best = score
  let known = 0
  let all = 0
  let named = 0
  text.terms.forEach((term, at) => {
    all += text.weights[at]!
    if (rarityOf(featureOf(term, false)) > 0) known += text.weights[at]!
    if (rowOf(technologies, term) >= 0) named += 1
  })
  return {
    scores,
    evidence: {
      known: all > 0 ? known / all : 0,
      best,
      technologies: Math.min(mostTechnologies, named),
    },
  }
}
