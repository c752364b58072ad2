/** Where the words for what is to be done mostly end, and those for what it is done to begin. */
const boundaries = new Set(
  `across after against as at before behind between by during for from in into of on over so that to
  through under using via when where which while with`.split(/\s+/),
)

/** A first word alone ("write", "independent") says too little. */
const fewestWords = 2
/** What comes later is rarely the work itself. */
const mostWords = 5

/**
 * The places of the words that open a text and name the work: "independent code review" of
 * "independent code review of a JavaScript change to …". Words without content are left out.
 */
export const headOf = (
  words: readonly string[],
  isContent: (word: string, at: number) => boolean,
): number[] => {
  const head: number[] = []
  for (const [at, word] of words.entries()) {
    if (head.length === mostWords) break
    if (head.length >= fewestWords && boundaries.has(word)) break
    if (isContent(word, at)) head.push(at)
  }
  return head
}
