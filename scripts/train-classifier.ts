import { inverseFrequency } from "../plugin/mesh/routing/index/bm25.ts"
import { packClassifier, type TermWeights } from "../plugin/mesh/routing/ranking/classifier.ts"
import type { TrainClassifier } from "../plugin/mesh/routing/roster/roster-index.ts"
import { damped } from "../plugin/mesh/routing/words/term-vector.ts"

/**
 * Trains the router's classifier: softmax regression from the tf-idf vectors of single passages to
 * the specialist each belongs to, by AdaGrad. Takes a few seconds, and is the same every time.
 */

/** Logits of a unit vector stay small with unit weights; measured, 4 learns less and 16 no more. */
const sharpness = 8
/** The training loss still falls afterwards, answers to other texts get no better. */
const epochs = 6
const batchSize = 512
const learningRate = 0.3
/** A share of each answer goes to all: most questions would suit a second specialist as well. */
const smoothing = 0.1
/** Weights nearer to a term's median than this are left out: nine of ten, for no answer. */
const leastWeight = 0.8

/** Mulberry32: a shuffle that is the same in every build. */
const createRandom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const shuffle = (numbers: Uint32Array, random: () => number) => {
  for (let at = numbers.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = numbers[at]!
    numbers[at] = numbers[other]!
    numbers[other] = kept
  }
}

const softmax = (logits: Float32Array) => {
  let highest = -Infinity
  for (const logit of logits) if (logit > highest) highest = logit
  let sum = 0
  for (let at = 0; at < logits.length; at++) sum += logits[at] = Math.exp(logits[at]! - highest)
  for (let at = 0; at < logits.length; at++) logits[at]! /= sum
}

/** Nearly all of the time goes into this loop. */
const addScaled = (
  to: Float32Array,
  toStart: number,
  from: Float32Array,
  fromStart: number,
  size: number,
  scale: number,
) => {
  for (let at = 0; at < size; at++) to[toStart + at]! += scale * from[fromStart + at]!
}

const medianOf = (numbers: Float32Array) => numbers.toSorted()[numbers.length >> 1]!

export const trainClassifier: TrainClassifier = ({ size: specialists, passages }, talk, kindOf) => {
  /** Small talk is one more class. */
  const size = specialists + 1
  const features = new Map<number, number>()
  const holders: number[] = []
  const featureOf = (term: number) => {
    const known = features.get(term)
    if (known !== undefined) return known
    features.set(term, features.size)
    holders.push(0)
    return features.size - 1
  }
  const texts = [
    ...passages.map(({ owner, terms }) => ({ owner, ...terms })),
    ...talk.map((terms) => ({ owner: specialists, ...terms })),
  ]
  const counted = texts.map(({ owner, terms, weights }) => {
    // Pairs of neighbours double the weights and add next to nothing.
    const kept = [...terms.keys()].filter((at) => kindOf(terms[at]!) !== "pair")
    const own = kept.map((at) => featureOf(terms[at]!))
    // Rarities are those that queries are weighed by: of the roster's passages alone.
    if (owner < specialists) for (const feature of own) holders[feature]! += 1
    return { owner, own, counts: kept.map((at) => damped(weights[at]!)) }
  })
  const examples = counted.map(({ owner, own, counts }) => {
    const weights = own.map(
      (feature, at) => counts[at]! * inverseFrequency(passages.length, holders[feature]!),
    )
    const length = Math.hypot(...weights) || 1
    return { owner, own, weights: weights.map((weight) => (sharpness * weight) / length) }
  })

  const model = new Float32Array(features.size * size)
  const squares = new Float32Array(features.size * size).fill(1e-3)
  const gradient = new Float32Array(features.size * size)
  const errors = new Float32Array(size)
  const order = Uint32Array.from(examples.keys())
  const random = createRandom(1)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    for (let from = 0; from < order.length; from += batchSize) {
      const batch = order.subarray(from, from + batchSize)
      const touched = new Set<number>()
      for (const place of batch) {
        const { owner, own, weights } = examples[place]!
        errors.fill(0)
        for (let at = 0; at < own.length; at++) {
          addScaled(errors, 0, model, own[at]! * size, size, weights[at]!)
        }
        softmax(errors)
        for (let k = 0; k < size; k++) errors[k]! -= smoothing / size
        errors[owner]! -= 1 - smoothing
        for (let at = 0; at < own.length; at++) {
          touched.add(own[at]!)
          addScaled(gradient, own[at]! * size, errors, 0, size, weights[at]! / batch.length)
        }
      }
      for (const feature of touched) {
        for (let at = feature * size; at < (feature + 1) * size; at++) {
          const slope = gradient[at]!
          squares[at]! += slope * slope
          model[at]! -= (learningRate * slope) / Math.sqrt(squares[at]!)
          gradient[at] = 0
        }
      }
    }
  }

  const weights = new Map<number, TermWeights>()
  for (const [term, feature] of features) {
    const own = model.subarray(feature * size, (feature + 1) * size)
    const median = medianOf(own)
    const kept = Array.from(own, (weight, k) => [k, (weight - median) * sharpness] as const).filter(
      ([, weight]) => Math.abs(weight) >= leastWeight,
    )
    if (kept.length > 0) weights.set(term, kept)
  }
  return packClassifier(weights)
}
