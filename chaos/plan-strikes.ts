import type { Random } from "./random.ts"

export type StrikePlan = {
  afterMs: number
  at:
    | "host"
    | "supervisor"
    | "lead"
    | "frozen-host"
    | "paused-host"
    | "paused-supervisor"
    | "window"
  /** Which of those that fit. */
  choice: number
  /** How long a paused process stands still. */
  pauseMs: number
}

export type Weights = readonly (readonly [StrikePlan["at"], number])[]

const usual: Weights = [
  ["host", 52],
  ["supervisor", 20],
  ["lead", 9],
  ["paused-supervisor", 5],
  ["paused-host", 6],
  ["frozen-host", 3],
  ["window", 5],
]

export interface Pace {
  /** Least and most of each. */
  strikes: readonly [number, number]
  betweenMs: readonly [number, number]
  pauseMs: readonly [number, number]
  /** How often each target is drawn, against the others. */
  weights?: Weights
}

/** What is going to happen to a round, and when. */
export const planStrikes = (random: Random, pace: Pace): StrikePlan[] =>
  Array.from({ length: random.between(...pace.strikes) }, () => ({
    afterMs: random.between(...pace.betweenMs),
    at: drawTarget(random, pace.weights ?? usual),
    choice: random.next(),
    pauseMs: random.between(...pace.pauseMs),
  }))

const drawTarget = (random: Random, weights: Weights) => {
  let left = random.next() * weights.reduce((sum, [, weight]) => sum + weight, 0)
  for (const [target, weight] of weights) {
    left -= weight
    if (left < 0) return target
  }
  return "host"
}
