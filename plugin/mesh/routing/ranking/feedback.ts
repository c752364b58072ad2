export interface Outcomes {
  successes: number
  failures: number
}

/** Asks what became of earlier work of an agent or specialist; instances unknown to it have none. */
export type FeedbackOf = (id: string) => Outcomes

const count = (value: number) => (Number.isFinite(value) && value > 0 ? value : 0)

/**
 * The factor on a score, 1 + 0.5 (s - f) / (s + f + 4), between 0.5 and 1.5. The 4 stands for as
 * many outcomes unknown: one failure must not bury an agent.
 */
export const feedbackWeight = ({ successes, failures }: Outcomes): number => {
  const s = count(successes)
  const f = count(failures)
  return 1 + (0.5 * (s - f)) / (s + f + 4)
}
