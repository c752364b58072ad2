export interface Named {
  agent: string
  /** Everything it answers to, the agent's own name too. */
  names: readonly string[]
}

/** Below this, two names have too little in common for one to be meant by the other. */
const closeEnough = 0.55

/** Names are short; what is longer was no name, and the distance costs the product of the lengths. */
const longest = 80

const normal = (name: string) =>
  name
    .slice(0, longest)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")

/** Optimal string alignment: insert, delete, replace, or swap two neighbours, each for 1. */
export const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1)
      row.push(least)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}

const sharedWords = (a: string, b: string) => {
  const ours = new Set(a.split("-"))
  const theirs = new Set(b.split("-"))
  const shared = [...ours].filter((word) => theirs.has(word)).length
  return (2 * shared) / (ours.size + theirs.size)
}

/** 0 to 1: by letters, by one name containing the other, or by the words both have. */
const closeness = (a: string, b: string) => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  const contained =
    short.length >= 3 && long.includes(short) ? 0.5 + short.length / long.length / 2 : 0
  return Math.max(1 - editDistance(a, b) / long.length, contained, 0.95 * sharedWords(a, b))
}

/** The agents whose names come closest to one that nobody has, the closest first. */
export const nearNames = (name: string, known: Iterable<Named>, limit = 3): string[] => {
  const wanted = normal(name)
  if (wanted === "") return []
  return [...known]
    .map(({ agent, names }) => ({
      agent,
      close: Math.max(
        0,
        ...names
          .map(normal)
          .filter(Boolean)
          .map((own) => closeness(wanted, own)),
      ),
    }))
    .filter(({ close }) => close >= closeEnough)
    .toSorted((a, b) => b.close - a.close || (a.agent < b.agent ? -1 : 1))
    .slice(0, Math.max(0, limit))
    .map(({ agent }) => agent)
}
