import { editDistance } from "../model/words/edit-distance.ts"

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
