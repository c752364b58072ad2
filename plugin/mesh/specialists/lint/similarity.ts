/** Five words in a row are rarely the same by chance, so shared runs mean shared sentences. */
const runLength = 5

export interface AlikePair {
  a: string
  b: string
  /** Shared runs divided by the runs of the smaller text: 0 to 1. */
  similarity: number
}

const shinglesOf = (text: string): Set<string> => {
  // The headings are the same in every file by rule, so they say nothing about copying.
  const prose = text.replace(/^## .*$/gm, "")
  const words = prose.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}\p{N}]+)*/gu) ?? []
  const runs = words.slice(0, Math.max(0, words.length - runLength + 1))
  return new Set(runs.map((_, at) => words.slice(at, at + runLength).join(" ")))
}

/** All pairs of texts that share a run of five words, most alike first. */
export const findAlikePairs = (texts: readonly { slug: string; body: string }[]): AlikePair[] => {
  const shingles = texts.map((text) => shinglesOf(text.body))
  const holders = new Map<string, number[]>()
  shingles.forEach((set, index) => {
    for (const run of set) holders.set(run, [...(holders.get(run) ?? []), index])
  })
  // Counting from the shared runs touches only pairs that share one, not all 30,000 of 245 files.
  const shared = new Map<string, number>()
  for (const indices of holders.values()) {
    for (const [at, first] of indices.entries()) {
      for (const second of indices.slice(at + 1)) {
        const pair = `${first} ${second}`
        shared.set(pair, (shared.get(pair) ?? 0) + 1)
      }
    }
  }
  return [...shared]
    .map(([pair, count]) => {
      const [first = 0, second = 0] = pair.split(" ").map(Number)
      const smaller = Math.min(shingles[first]?.size ?? 1, shingles[second]?.size ?? 1)
      return {
        a: texts[first]?.slug ?? "",
        b: texts[second]?.slug ?? "",
        similarity: count / smaller,
      }
    })
    .toSorted((x, y) => y.similarity - x.similarity)
}
