import { splitWords } from "../words/tokenize.ts"

/** Half a word more of either kind, so that a word seen once is no proof. */
const smoothing = 0.5
/** No single word settles it, however one-sided. */
const strongest = 3

/** How often each word occurs in texts of one kind; small-talk.txt has one phrase a line. */
export type WordCounts = ReadonlyMap<string, number>

export const countWords = (texts: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const word of splitWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

const totalOf = (counts: WordCounts) => {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

/**
 * How much a word sounds like small talk rather than work: ln of how often it comes in small talk
 * over how often in as many words of work, cut at ±3. The step of a naive Bayes classifier, with
 * rare and unknown words near 0. Stop words count too: "are you" is small talk.
 */
export const createSmallTalkModel = (
  talk: WordCounts,
  work: { countOf: (word: string) => number; total: number },
) => {
  const share = totalOf(talk) / Math.max(1, work.total)
  return (word: string): number => {
    const inTalk = (talk.get(word) ?? 0) + smoothing
    const inWork = work.countOf(word) * share + smoothing
    return Math.max(-strongest, Math.min(strongest, Math.log(inTalk / inWork)))
  }
}

export type SmallTalkModel = ReturnType<typeof createSmallTalkModel>
