/** What tells work from small talk, over the whole text and all candidates. */
export interface WorkEvidence {
  /**
   * How much the text sounds like small talk: what the classifier says, a logit; without one the mean
   * over the words, ln of a ratio, -3 to 3.
   */
  talk: number
  /** ln(1 + x), x the idf mass of the query's words that the best whole text holds. */
  words: number
  /** ln(1 + x), x how many of the query's meanings the best whole text holds. */
  meanings: number
  /** ln(1 + x), x the number of words: small talk is short. */
  length: number
}

export interface WorkWeights {
  talk: number
  words: number
  meanings: number
  length: number
  constant: number
}

/** What decides how much a text is taken for a brief. */
export interface BriefWeights {
  /** See `BriefEvidence`. */
  known: number
  best: number
  technologies: number
  /** ln(1 + x), x the number of words. */
  length: number
  /** Whether it speaks of its writer. */
  personal: number
  constant: number
  /** What a logit of the briefs' classifier is worth then. */
  relevance: number
}

/** Fitted by scripts/fit-routing.ts on dev and tuning rows; see docs/routing.md. */
export interface Calibration {
  relevance: { words: number; meanings: number; passages: number; learnt: number }
  brief: BriefWeights
  /** The same for candidates that the classifier does not know. */
  relevanceUnlearnt: { words: number; meanings: number; passages: number }
  work: WorkWeights
  workUnlearnt: WorkWeights
  correct: { relevance: number; ahead: number; behind: number; constant: number }
  /** Below this confidence fall some three of a hundred work descriptions, and most small talk. */
  threshold: number
}

export const calibration: Calibration = {
  relevance: { words: 2.46, meanings: 0.144, passages: 2.73, learnt: 1.24 },
  brief: {
    known: 6.44,
    best: 2.62,
    technologies: 5.08,
    length: 5.53,
    personal: -4.46,
    constant: -38.3,
    relevance: 2.18,
  },
  relevanceUnlearnt: { words: 5.58, meanings: 1.41, passages: 7.44 },
  work: { talk: -0.702, words: 2.21, meanings: 0.327, length: 2.6, constant: -13.1 },
  workUnlearnt: { talk: -3.78, words: 2.46, meanings: 1.37, length: 0.805, constant: -9.51 },
  correct: { relevance: 0.184, ahead: 0.814, behind: 0.301, constant: -2.39 },
  threshold: 0.119,
}

export const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))
const logitOf = (share: number) => Math.log(share / (1 - share))

/** Beyond this a double no longer tells confidences near 1 apart, feedback counted. */
const surest = 30

/** The probability that a text asks for work at all. */
export const workShare = (evidence: WorkEvidence, work: WorkWeights = calibration.work): number =>
  sigmoid(
    work.talk * evidence.talk +
      work.words * evidence.words +
      work.meanings * evidence.meanings +
      work.length * evidence.length +
      work.constant,
  )

/**
 * The expected share of correct answers as a logit: P(work) × P(this one fits | work). Both factors
 * of the second rise with relevance, so the order within one query is that of relevance.
 */
export const confidenceLogit = (
  work: number,
  relevance: number,
  /** Over the best other; negative: behind. */
  lead: number,
  { correct }: Calibration = calibration,
): number => {
  const fits = sigmoid(
    correct.relevance * relevance +
      correct.ahead * Math.max(0, lead) +
      correct.behind * Math.min(0, lead) +
      correct.constant,
  )
  const logit = logitOf(Math.max(1e-15, Math.min(1 - 1e-12, work * fits)))
  return Math.max(-surest, Math.min(surest, logit))
}

/**
 * Feedback multiplies scores, so a score must be positive and a factor of 1.5 must matter but not
 * rule: it is the square root of the odds. The way back is `confidenceOf`.
 */
export const scoreOf = (logit: number): number => Math.exp(logit / 2)

/** Strictly monotone in the score: odds / (1 + odds). */
export const confidenceOf = (score: number): number => (score * score) / (1 + score * score)
