/** FNV-1a over UTF-16 units, 32 bits: short strings, so its weak avalanche does no harm. */
const hashOf = (text: string, from: number, to: number): number => {
  let hash = 0x811c9dc5
  for (let at = from; at < to; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  }
  return hash >>> 0
}

/**
 * The character 3- and 4-grams of one word, hashed into 0..2^bits-1. The word's ends are part of
 * them ("^ok", "ok$"), so grams never reach across words and "ok" shares none with "book".
 */
export const ngramsOf = (word: string, bits: number): number[] => {
  const marked = `^${word}$`
  const shift = 32 - bits
  const grams: number[] = []
  for (let size = 3; size <= 4; size++) {
    for (let at = 0; at + size <= marked.length; at++) {
      grams.push(hashOf(marked, at, at + size) >>> shift)
    }
  }
  return grams
}
