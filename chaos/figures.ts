import type { Recovery } from "./recovery.ts"

/** What one round came to. */
export interface Outcome {
  kills: number
  messages: number
  lost: number
  duplicated: number
  withoutEnd: number
  leftBehind: number
  /** One sentence for each promise that did not hold. */
  violations: readonly string[]
  recovery: Recovery
}

/** Of a round that could not be played or examined to its end. */
export const failedOutcome = (error: unknown): Outcome => ({
  kills: 0,
  messages: 0,
  lost: 0,
  duplicated: 0,
  withoutEnd: 0,
  leftBehind: 0,
  violations: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
  recovery: { killed: [], frozen: [], lease: [] },
})

export const percentile = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)]

/** The last line of a run. */
export const renderFigures = (outcomes: readonly Outcome[]) => {
  const sum = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((total, each) => total + of(each), 0)
  const times = (of: (recovery: Recovery) => readonly number[]) =>
    renderTimes(outcomes.flatMap(({ recovery }) => of(recovery)))
  return [
    `rounds ${outcomes.length}`,
    `failed ${outcomes.filter(({ violations }) => violations.length > 0).length}`,
    `kills ${sum(({ kills }) => kills)}`,
    `messages ${sum(({ messages }) => messages)}`,
    `lost ${sum(({ lost }) => lost)}`,
    `duplicated ${sum(({ duplicated }) => duplicated)}`,
    `without end state ${sum(({ withoutEnd }) => withoutEnd)}`,
    `left behind ${sum(({ leftBehind }) => leftBehind)}`,
    `host death to next request ${times(({ killed }) => killed)}`,
    `freeze to next request ${times(({ frozen }) => frozen)}`,
    `supervisor death to next holder ${times(({ lease }) => lease)}`,
  ].join(" · ")
}

const renderTimes = (values: readonly number[]) => {
  if (values.length === 0) return "none"
  const seconds = (share: number) => `${(percentile(values, share)! / 1000).toFixed(1)}`
  return `p50 ${seconds(0.5)} p95 ${seconds(0.95)} worst ${seconds(1)} s (${values.length})`
}
