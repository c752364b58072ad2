import type { CountedTexts } from "./counted-texts.ts"
import { countRows, type Rows } from "./postings.ts"
import type { VocabularyData } from "./vocabulary.ts"

/** A roster as it was counted when the package was built; reading texts anew takes a second. */
export interface RosterData {
  /** Of each specialist, in the order of the rows: a hash of its texts, questions aside. */
  fingerprints: readonly string[]
  vocabulary: VocabularyData
  counted: CountedTexts
}

/** Rises when the layout or the way of counting changes; an older file is then not used. */
const format = "meshfleet-routing-1"

const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder()

/** Unsigned LEB128: seven bits a byte, the eighth says that more follow. */
const encodeNumbers = (numbers: ArrayLike<number>): Uint8Array => {
  const bytes = new Uint8Array(numbers.length * 5)
  let used = 0
  for (let at = 0; at < numbers.length; at++) {
    let rest = numbers[at]! >>> 0
    while (rest > 0x7f) {
      bytes[used++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[used++] = rest
  }
  return bytes.slice(0, used)
}

const decodeNumbers = (bytes: Uint8Array, count: number): Uint32Array => {
  const numbers = new Uint32Array(count)
  let at = 0
  for (let index = 0; index < count; index++) {
    let number = 0
    let shift = 0
    let byte = bytes[at++]!
    while (byte > 0x7f) {
      number |= (byte & 0x7f) << shift
      shift += 7
      byte = bytes[at++]!
    }
    numbers[index] = (number | (byte << shift)) >>> 0
  }
  return numbers
}

/** Terms of a row ascending and as differences, so that most take one byte. */
const flattenRows = (rows: Rows) => {
  const lengths: number[] = []
  const gaps: number[] = []
  const counts: number[] = []
  for (let row = 0; row < countRows(rows); row++) {
    const [from, to] = [rows.starts[row]!, rows.starts[row + 1]!]
    const order = Array.from({ length: to - from }, (_, at) => from + at).toSorted(
      (a, b) => rows.terms[a]! - rows.terms[b]!,
    )
    lengths.push(order.length)
    order.forEach((place, at) => {
      gaps.push(rows.terms[place]! - (at === 0 ? 0 : rows.terms[order[at - 1]!]!))
      counts.push(rows.weights[place]!)
    })
  }
  return [lengths, gaps, counts] as const
}

const unflattenRows = (lengths: Uint32Array, gaps: Uint32Array, counts: Uint32Array): Rows => {
  const starts = new Uint32Array(lengths.length + 1)
  for (let row = 0; row < lengths.length; row++) {
    starts[row + 1] = starts[row]! + lengths[row]!
    for (let at = starts[row]! + 1; at < starts[row + 1]!; at++) gaps[at]! += gaps[at - 1]!
  }
  return { starts, terms: gaps, weights: Float32Array.from(counts) }
}

interface Head {
  format: string
  fingerprints: readonly string[]
  /** Bytes and entries of each section, in order. */
  sections: readonly (readonly [bytes: number, entries: number])[]
}

/** A first line of JSON, then the sections one after the other. */
export const writeRoster = ({ fingerprints, vocabulary, counted }: RosterData): Uint8Array => {
  const texts = [vocabulary.stems, vocabulary.words].map((list) => ({
    bytes: textEncoder.encode(list.join("\n")),
    entries: list.length,
  }))
  const numbers = [
    vocabulary.wordStems,
    vocabulary.counts,
    vocabulary.englishCounts,
    counted.owners.map((owner, at) => (at === 0 ? owner : owner - counted.owners[at - 1]!)),
    counted.weights,
    ...flattenRows(counted.passages),
  ].map((list) => ({ bytes: encodeNumbers(list), entries: list.length }))
  const sections = [...texts, ...numbers]
  const head: Head = {
    format,
    fingerprints,
    sections: sections.map(({ bytes, entries }) => [bytes.length, entries] as const),
  }
  const parts = [
    textEncoder.encode(`${JSON.stringify(head)}\n`),
    ...sections.map(({ bytes }) => bytes),
  ]
  const file = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    file.set(part, at)
    at += part.length
  }
  return file
}

/** The counterpart of `writeRoster`; undefined for a file of another format or one cut short. */
export const readRoster = (file: Uint8Array): RosterData | undefined => {
  try {
    const lineEnd = file.indexOf(10)
    const head = JSON.parse(textDecoder.decode(file.subarray(0, lineEnd))) as Head
    if (head.format !== format) return undefined
    let from = lineEnd + 1
    const sections = head.sections.map(([length, entries]) => {
      const bytes = file.subarray(from, from + length)
      from += length
      return { bytes, entries }
    })
    if (from !== file.length) return undefined
    const textsAt = (at: number) => {
      const { bytes, entries } = sections[at]!
      return entries === 0 ? [] : textDecoder.decode(bytes).split("\n")
    }
    const numbersAt = (at: number) => decodeNumbers(sections[at]!.bytes, sections[at]!.entries)
    const owners = numbersAt(5)
    for (let at = 1; at < owners.length; at++) owners[at]! += owners[at - 1]!
    return {
      fingerprints: head.fingerprints,
      vocabulary: {
        stems: textsAt(0),
        words: textsAt(1),
        wordStems: numbersAt(2),
        counts: numbersAt(3),
        englishCounts: numbersAt(4),
      },
      counted: {
        size: head.fingerprints.length,
        owners,
        weights: Uint8Array.from(numbersAt(6)),
        passages: unflattenRows(numbersAt(7), numbersAt(8), numbersAt(9)),
      },
    }
  } catch {
    return undefined
  }
}
