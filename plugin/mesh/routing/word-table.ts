import { compareBytes } from "./bytes.ts"

/** Words in the order of their UTF-8 bytes, one after the other in one piece of memory. */
export interface PackedWords {
  text: Uint8Array
  /** Where each word begins, and after the last where it ends. */
  starts: Uint32Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Packs the words, sorted, and says where each came from: entry i is the word `order[i]`. */
export const packWords = (words: readonly string[]): PackedWords & { order: number[] } => {
  const encoded = words.map((word) => encoder.encode(word))
  const order = [...words.keys()].sort((a, b) => compareBytes(encoded[a]!, encoded[b]!))
  const starts = new Uint32Array(words.length + 1)
  order.forEach((word, at) => {
    starts[at + 1] = starts[at]! + encoded[word]!.length
  })
  const text = new Uint8Array(starts[words.length]!)
  order.forEach((word, at) => text.set(encoded[word]!, starts[at]!))
  return { text, starts, order }
}

/**
 * Looks words up where they lie. A description needs a few dozen of thirty thousand: to make strings
 * and a map of all would take longer than everything else of the first query.
 */
export const createWordTable = ({ text, starts }: PackedWords) => {
  const size = starts.length - 1

  /** The first entry that does not come before the bytes. */
  const lowerBound = (bytes: Uint8Array): number => {
    let low = 0
    let high = size
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareBytes(bytes, text, starts[middle]!, starts[middle + 1]!) > 0) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    size,
    text,
    starts,
    /** The entry of a word, -1 if it is not there. */
    find(word: string): number {
      const bytes = encoder.encode(word)
      const at = lowerBound(bytes)
      const found =
        at < size && compareBytes(bytes, text, starts[at]!, starts[at + 1]!) === 0
      return found ? at : -1
    },
    /** The entries that begin with a text, from and up to, not with, the second number. */
    beginningWith(beginning: string): [from: number, to: number] {
      const bytes = encoder.encode(beginning)
      const from = lowerBound(bytes)
      let to = from
      while (
        to < size &&
        starts[to + 1]! - starts[to]! >= bytes.length &&
        compareBytes(bytes, text, starts[to]!, starts[to]! + bytes.length) === 0
      ) {
        to += 1
      }
      return [from, to]
    },
    wordAt: (at: number): string => decoder.decode(text.subarray(starts[at], starts[at + 1])),
  }
}

export type WordTable = ReturnType<typeof createWordTable>
