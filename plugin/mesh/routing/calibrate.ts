/** What tells work from small talk, over the whole text and all candidates. */
export interface WorkEvidence {
  /** Mean over the words of how much each sounds like small talk, ln of a ratio, -3 to 3. */
  talk: number
  /** ln(1 + x), x the idf mass of the query's words that the best whole text holds. */
  words: number
  /** ln(1 + x), x how many of the query's meanings the best whole text holds. */
  meanings: number
}

/** How a candidate stands: its relevance, and its lead over the best other (negative: behind). */
export interface Standing {
  relevance: number
  lead: number
}

/** Fitted by scripts/fit-routing.ts on dev and tuning rows; see docs/routing.md. */
export interface Calibration {
  relevance: { words: number; meanings: number; passages: number }
  work: { talk: number; words: number; meanings: number; constant: number }
  correct: { relevance: number; ahead: number; behind: number; constant: number }
  /** Below this confidence nine of ten work descriptions do not fall. */
  threshold: number
}

export const calibration: Calibration = {
  relevance: { words: 6.95, meanings: 1.55, passages: 8.49 },
  work: { talk: -3.84, words: 3.33, meanings: 0.942, constant: -7.06 },
  correct: { relevance: 0.113, ahead: 0.919, behind: 0.267, constant: -2.11 },
  threshold: 0.251,
}

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))
const logitOf = (share: number) => Math.log(share / (1 - share))

/** Beyond this a double no longer tells confidences apart. */
const surest = 15

/** The probability that a text asks for work at all. */
export const workShare = (evidence: WorkEvidence, { work }: Calibration = calibration): number =>
  sigmoid(
    work.talk * evidence.talk +
      work.words * evidence.words +
      work.meanings * evidence.meanings +
      work.constant,
  )

/**
 * The expected share of correct answers as a logit: P(work) × P(this one fits | work). Both factors
 * of the second rise with relevance, so the order within one query is that of relevance.
 */
export const confidenceLogit = (
  work: number,
  { relevance, lead }: Standing,
  { correct }: Calibration = calibration,
): number => {
  const fits = sigmoid(
    correct.relevance * relevance +
      correct.ahead * Math.max(0, lead) +
      correct.behind * Math.min(0, lead) +
      correct.constant,
  )
  const logit = logitOf(Math.max(1e-12, Math.min(1 - 1e-12, work * fits)))
  return Math.max(-surest, Math.min(surest, logit))
}

/**
 * Feedback multiplies scores, so a score must be positive and a factor of 1.5 must matter but not
 * rule: it is the square root of the odds. The way back is `confidenceOf`.
 */
export const scoreOf = (logit: number): number => Math.exp(logit / 2)

/** Strictly monotone in the score: odds / (1 + odds). */
export const confidenceOf = (score: number): number => (score * score) / (1 + score * score)
