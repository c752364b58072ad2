import { inverseFrequency } from "../plugin/mesh/routing/index/bm25.ts"
import { featuresOf, rarityStep } from "../plugin/mesh/routing/ranking/briefs.ts"
import {
  packClassifier,
  type Classifier,
  type TermWeights,
} from "../plugin/mesh/routing/ranking/classifier.ts"
import type { Train } from "../plugin/mesh/routing/roster/roster-index.ts"
import { damped, type TermVector } from "../plugin/mesh/routing/words/term-vector.ts"
import { trainSoftmax, type Lesson, type Schooling } from "./softmax.ts"

/**
 * Trains the router's two classifiers, from the tf-idf vectors of single texts to the specialist
 * each belongs to: one by what is known of the specialists, one by what leads might write. Takes a
 * few seconds, and is the same every time.
 */

/** Logits of a unit vector stay small with unit weights; measured, 4 learns less and 16 no more. */
const sharpness = 8
/** The training loss still falls afterwards, answers to other texts get no better. */
const schooling: Schooling = { epochs: 6, batchSize: 512 }
/** There are ten times fewer briefs than other texts. */
const briefSchooling: Schooling = { epochs: 10, batchSize: 256 }
/** Weights nearer to a feature's median than this are left out: nine of ten, for no answer. */
const leastWeight = 0.8

const medianOf = (numbers: Float32Array) => numbers.toSorted()[numbers.length >> 1]!

/** Numbers the features of texts in the order in which they come. */
const createNumbering = () => {
  const numbers = new Map<number, number>()
  return {
    numbers,
    of(feature: number): number {
      const known = numbers.get(feature)
      if (known !== undefined) return known
      numbers.set(feature, numbers.size)
      return numbers.size - 1
    },
  }
}

const learn = (
  lessons: readonly Lesson[],
  numbers: ReadonlyMap<number, number>,
  size: number,
  how: Schooling,
): Classifier => {
  const sharp = lessons.map((lesson) => ({
    ...lesson,
    weights: lesson.weights.map((weight) => sharpness * weight),
  }))
  const model = trainSoftmax(sharp, numbers.size, size, how)
  const weights = new Map<number, TermWeights>()
  for (const [feature, number] of numbers) {
    const own = model.subarray(number * size, (number + 1) * size)
    const median = medianOf(own)
    const kept = Array.from(own, (weight, k) => [k, (weight - median) * sharpness] as const).filter(
      ([, weight]) => Math.abs(weight) >= leastWeight,
    )
    if (kept.length > 0) weights.set(feature, kept)
  }
  return packClassifier(weights)
}

export const trainClassifiers: Train = ({ counted, talk, briefs, kindOf }) => {
  const { size, passages } = counted
  /** Of the roster's passages alone, by which queries are weighed. */
  const holders = new Map<number, number>()
  for (const { terms } of passages) {
    for (const term of terms.terms) holders.set(term, (holders.get(term) ?? 0) + 1)
  }
  /** tf-idf; pairs of neighbours double the weights and add next to nothing. */
  const weigh = ({ terms, weights }: TermVector) =>
    Float64Array.from(terms, (term, at) =>
      kindOf(term) === "pair"
        ? 0
        : damped(weights[at]!) * inverseFrequency(passages.length, holders.get(term) ?? 0),
    )

  const terms = createNumbering()
  const lessonOf = (owner: number, vector: TermVector): Lesson => {
    const weights = weigh(vector)
    const length = Math.hypot(...weights) || 1
    const kept = [...vector.terms.keys()].filter((at) => weights[at] !== 0)
    return {
      owner,
      features: kept.map((at) => terms.of(vector.terms[at]!)),
      weights: kept.map((at) => weights[at]! / length),
    }
  }
  const lessons = [
    ...passages.map((passage) => lessonOf(passage.owner, passage.terms)),
    // Small talk is one more class.
    ...talk.map((vector) => lessonOf(size, vector)),
  ]

  const texts = briefs.map(({ vector, head }) => ({
    terms: vector.terms,
    weights: weigh(vector),
    head,
  }))
  const briefHolders = new Map<number, number>()
  for (const text of texts) {
    for (const feature of featuresOf(text, () => 1).features) {
      briefHolders.set(feature, (briefHolders.get(feature) ?? 0) + 1)
    }
  }
  const stepsOf = (feature: number) =>
    Math.min(255, Math.round(Math.log(1 + briefs.length / briefHolders.get(feature)!) / rarityStep))
  const features = createNumbering()
  const briefLessons = texts.map((text, at): Lesson => {
    const own = featuresOf(text, (feature) => stepsOf(feature) * rarityStep)
    return {
      owner: briefs[at]!.owner,
      features: [...own.features].map(features.of),
      weights: [...own.values],
    }
  })
  const briefClassifier = learn(briefLessons, features.numbers, size, briefSchooling)

  return {
    classifier: learn(lessons, terms.numbers, size + 1, schooling),
    ...(briefs.length > 0 && {
      briefs: {
        classifier: briefClassifier,
        rarities: Uint8Array.from(briefClassifier.terms, stepsOf),
      },
    }),
  }
}
