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
  relevance: { words: number; meanings: number; passages: number; learnt: number }
  /** The same for candidates that the classifier does not know. */
  relevanceUnlearnt: { words: number; meanings: number; passages: number }
  work: { talk: number; words: number; meanings: number; constant: number }
  correct: { relevance: number; ahead: number; behind: number; constant: number }
  /** Below this confidence nine of ten work descriptions do not fall. */
  threshold: number
}

export const calibration: Calibration = {
  relevance: { words: 2.12, meanings: 0.307, passages: 2.79, learnt: 1.2 },
  relevanceUnlearnt: { words: 5.56, meanings: 1.39, passages: 7.46 },
  work: { talk: -3.905, words: 3.402, meanings: 0.843, constant: -7.635 },
  correct: { relevance: 0.202, ahead: 0.799, behind: 0.259, constant: -2.65 },
  threshold: 0.391,
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
