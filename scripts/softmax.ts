import { createRandom } from "./random.ts"

/** A text to learn from: which class it belongs to, and its features with their weights. */
export interface Lesson {
  owner: number
  features: readonly number[]
  weights: readonly number[]
}

export interface Schooling {
  epochs: number
  batchSize: number
}

const learningRate = 0.3
/** A share of each answer goes to all: most questions would suit a second specialist as well. */
const smoothing = 0.1

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

/**
 * Softmax regression by AdaGrad: for each feature a row of `size` weights, one for each class. The
 * same lessons give the same weights.
 */
export const trainSoftmax = (
  lessons: readonly Lesson[],
  features: number,
  size: number,
  { epochs, batchSize }: Schooling,
): Float32Array => {
  const model = new Float32Array(features * size)
  const squares = new Float32Array(features * size).fill(1e-3)
  const gradient = new Float32Array(features * size)
  const errors = new Float32Array(size)
  const order = Uint32Array.from(lessons.keys())
  const random = createRandom(1)
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    for (let from = 0; from < order.length; from += batchSize) {
      const batch = order.subarray(from, from + batchSize)
      const touched = new Set<number>()
      for (const place of batch) {
        const { owner, features: own, weights } = lessons[place]!
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
  return model
}
