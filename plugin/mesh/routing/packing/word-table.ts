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
  const order = [...words.keys()].sort((a, b) =>
    compareBytes(encoded[a]!, encoded[a]!.length, encoded[b]!, 0, encoded[b]!.length),
  )
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
  let room = new Uint8Array(64)

  /** The bytes of a word, good until the next one: most are ASCII, and no array is made for them. */
  const bytesOf = (word: string): Uint8Array => {
    if (word.length > room.length) room = new Uint8Array(word.length * 2)
    for (let at = 0; at < word.length; at++) {
      const code = word.charCodeAt(at)
      if (code > 0x7f) return encoder.encode(word)
      room[at] = code
    }
    return room
  }
  const lengthOf = (word: string, bytes: Uint8Array) =>
    bytes === room ? word.length : bytes.length

  /** The first entry that does not come before the first `length` of the bytes. */
  const lowerBound = (bytes: Uint8Array, length: number): number => {
    let low = 0
    let high = size
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareBytes(bytes, length, text, starts[middle]!, starts[middle + 1]!) > 0) {
        low = middle + 1
      } else high = middle
    }
    return low
  }

  return {
    size,
    /** The entry of a word, -1 if it is not there. */
    find(word: string): number {
      const bytes = bytesOf(word)
      const length = lengthOf(word, bytes)
      const at = lowerBound(bytes, length)
      return at < size && compareBytes(bytes, length, text, starts[at]!, starts[at + 1]!) === 0
        ? at
        : -1
    },
    /** The entries that begin with a text, from and up to, not with, the second number. */
    beginningWith(beginning: string): [from: number, to: number] {
      const bytes = bytesOf(beginning)
      const length = lengthOf(beginning, bytes)
      const from = lowerBound(bytes, length)
      let to = from
      while (
        to < size &&
        starts[to + 1]! - starts[to]! >= length &&
        compareBytes(bytes, length, text, starts[to]!, starts[to]! + length) === 0
      ) {
        to += 1
      }
      return [from, to]
    },
    firstByteOf: (at: number): number => text[starts[at]!] ?? 0,
    wordAt: (at: number): string => decoder.decode(text.subarray(starts[at], starts[at + 1])),
  }
}
