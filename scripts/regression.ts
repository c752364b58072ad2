/** Keeps weights small; a few numbers from hundreds of rows need little of it. */
const ridge = 0.002

/** One row of an evaluation set: what is known of each candidate, and whether it is right. */
export type Example = { features: number[][]; right: boolean[] }

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/** Adam over all examples at once: slow, simple, the same every time. */
const minimize = (start: number[], gradientOf: (weights: number[]) => number[], steps: number) => {
  const weights = [...start]
  const first = weights.map(() => 0)
  const second = weights.map(() => 0)
  for (let step = 1; step <= steps; step++) {
    const gradient = gradientOf(weights)
    for (let k = 0; k < weights.length; k++) {
      first[k] = 0.9 * first[k]! + 0.1 * gradient[k]!
      second[k] = 0.99 * second[k]! + 0.01 * gradient[k]! ** 2
      const move =
        first[k]! / (1 - 0.9 ** step) / (Math.sqrt(second[k]! / (1 - 0.99 ** step)) + 1e-8)
      weights[k]! -= 0.1 * move
    }
  }
  return weights
}

/** By how much a softmax over the scores gives each too much. */
const errorsOf = (scores: readonly number[], right: readonly boolean[]) => {
  const highest = Math.max(...scores)
  const shares = scores.map((score) => Math.exp(score - highest))
  const total = shares.reduce((sum, share) => sum + share, 0)
  const good = shares.reduce((sum, share, at) => (right[at] ? sum + share : sum), 0)
  return shares.map((share, at) => share / total - (right[at] ? share / good : 0))
}

/** Weights that make the right candidates likely under a softmax over all of a row's. */
export const fitRanking = (examples: readonly Example[], size: number) =>
  minimize(
    Array.from({ length: size }, () => 3),
    (weights) => {
      const gradient = weights.map((weight) => ridge * weight)
      for (const { features, right } of examples) {
        const scores = features.map((each) => each.reduce((sum, x, k) => sum + x * weights[k]!, 0))
        errorsOf(scores, right).forEach((error, at) => {
          if (Math.abs(error) < 1e-6) return
          for (let k = 0; k < size; k++) {
            gradient[k]! += (error * features[at]![k]!) / examples.length
          }
        })
      }
      return gradient
    },
    250,
  )

/**
 * Logistic regression; the last weight is the constant. `balanced` counts both outcomes as equally
 * frequent.
 */
export const fitLogistic = (examples: readonly { x: number[]; y: boolean }[], balanced = false) => {
  const size = examples[0]!.x.length
  const yes = examples.filter(({ y }) => y).length
  const weightOf = (y: boolean) =>
    balanced ? 0.5 / (y ? yes : examples.length - yes) : 1 / examples.length
  return minimize(
    Array.from({ length: size + 1 }, () => 0),
    (weights) => {
      const gradient = weights.map((weight, k) => (k < size ? ridge * weight : 0))
      for (const { x, y } of examples) {
        const logit = x.reduce((sum, value, k) => sum + value * weights[k]!, weights[size]!)
        const error = (sigmoid(logit) - (y ? 1 : 0)) * weightOf(y)
        x.forEach((value, k) => {
          gradient[k]! += error * value
        })
        gradient[size]! += error
      }
      return gradient
    },
    1000,
  )
}

/** A row for `fitMixture`: what is known of its text, and of each candidate what two judges say. */
export interface MixtureExample {
  shape: readonly number[]
  usual: readonly number[]
  other: readonly number[]
  right: readonly boolean[]
  /** Whether the text is of the kind that the other judge is for. */
  isOther: boolean
}

/**
 * How much it counts that the other judge has a say only in texts of its kind: without it, it gets a
 * fifth of the say in all others, and answers to texts that were not fitted suffer.
 */
const manner = 0.3

/**
 * Weights that make the right candidates likely under a softmax over `(1 - (1 - kept) s) usual + s w other`,
 * where the share s is a logistic function of the shape: those of the shape, its constant, and w.
 */
export const fitMixture = (examples: readonly MixtureExample[], size: number, kept: number) =>
  minimize(
    [...Array.from({ length: size + 1 }, () => 0), 1],
    (weights) => {
      const gradient = weights.map((weight, k) => (k === size ? 0 : ridge * weight))
      const byOther = weights[size + 1]!
      for (const { shape, usual, other, right, isOther } of examples) {
        const share = sigmoid(shape.reduce((sum, x, k) => sum + x * weights[k]!, weights[size]!))
        const errors = errorsOf(
          usual.map((value, at) => (1 - (1 - kept) * share) * value + share * byOther * other[at]!),
          right,
        )
        let slope = 0
        errors.forEach((error, at) => {
          slope += error * (byOther * other[at]! - (1 - kept) * usual[at]!)
          gradient[size + 1]! += (error * share * other[at]!) / examples.length
        })
        slope *= share * (1 - share)
        slope += manner * (share - (isOther ? 1 : 0))
        shape.forEach((x, k) => {
          gradient[k]! += (slope * x) / examples.length
        })
        gradient[size]! += slope / examples.length
      }
      return gradient
    },
    400,
  )
