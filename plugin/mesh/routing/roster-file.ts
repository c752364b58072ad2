import type { CountedTexts } from "./counted-texts.ts"
import type { Postings } from "./postings.ts"
import type { VocabularyData } from "./vocabulary.ts"

/** A roster as it was counted when the package was built; reading texts anew takes a second. */
export interface RosterData {
  /** Of each specialist, in the order of the counted texts: a hash of its texts, questions aside. */
  fingerprints: readonly string[]
  vocabulary: VocabularyData
  counted: CountedTexts
}

/** Rises when the layout or the way of counting changes; another file is then not used. */
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
    let byte = bytes[at++]!
    let number = byte & 0x7f
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = bytes[at++]!
      number |= (byte & 0x7f) << shift
    }
    numbers[index] = number >>> 0
  }
  return numbers
}

const gapsOf = (ascending: Uint32Array) =>
  ascending.map((number, at) => (at === 0 ? number : number - ascending[at - 1]!))

const addUpGaps = (gaps: Uint32Array): Uint32Array => {
  for (let at = 1; at < gaps.length; at++) gaps[at]! += gaps[at - 1]!
  return gaps
}

/** Owners ascend within a term, so they are kept as gaps; nearly all counts are 1. */
const flattenPostings = ({ offsets, owners, weights }: Postings) => {
  const gaps = owners.slice()
  for (let term = 0; term + 1 < offsets.length; term++) {
    for (let slot = offsets[term + 1]! - 1; slot > offsets[term]!; slot--) {
      gaps[slot]! -= owners[slot - 1]!
    }
  }
  const repeated = Uint32Array.from(weights.keys()).filter((slot) => weights[slot]! > 1)
  return [
    gapsOf(offsets).subarray(1),
    gaps,
    gapsOf(repeated),
    repeated.map((slot) => weights[slot]!),
  ]
}

const unflattenPostings = (
  lengths: Uint32Array,
  owners: Uint32Array,
  repeated: Uint32Array,
  counts: Uint32Array,
): Postings => {
  const offsets = new Uint32Array(lengths.length + 1)
  for (let term = 0; term < lengths.length; term++) {
    const from = offsets[term]!
    const to = (offsets[term + 1] = from + lengths[term]!)
    for (let slot = from + 1; slot < to; slot++) owners[slot]! += owners[slot - 1]!
  }
  const weights = new Float32Array(owners.length).fill(1)
  addUpGaps(repeated).forEach((slot, at) => {
    weights[slot] = counts[at]!
  })
  return { offsets, owners, weights }
}

interface Head {
  format: string
  fingerprints: readonly string[]
  /** Bytes and entries of each section, in order. */
  sections: readonly (readonly [bytes: number, entries: number])[]
}

/** A first line of JSON, then the sections one after the other. */
export const writeRoster = ({ fingerprints, vocabulary, counted }: RosterData): Uint8Array => {
  const texts = [vocabulary.stems, vocabulary.inflected].map((list) => ({
    bytes: textEncoder.encode(list.join("\n")),
    entries: list.length,
  }))
  const numbers: ArrayLike<number>[] = [
    vocabulary.inflectedStems,
    vocabulary.stemCounts.all,
    vocabulary.stemCounts.english,
    vocabulary.inflectedCounts.all,
    vocabulary.inflectedCounts.english,
    gapsOf(counted.owners),
    counted.weights,
    counted.singles,
    ...flattenPostings(counted.passages),
  ]
  const sections = [
    ...texts,
    ...numbers.map((list) => ({ bytes: encodeNumbers(list), entries: list.length })),
  ]
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
    let at = lineEnd + 1
    let section = 0
    const next = () => {
      const [length, entries] = head.sections[section++]!
      return { bytes: file.subarray(at, (at += length)), entries }
    }
    const texts = () => {
      const { bytes, entries } = next()
      return entries === 0 ? [] : textDecoder.decode(bytes).split("\n")
    }
    const numbers = () => {
      const { bytes, entries } = next()
      return decodeNumbers(bytes, entries)
    }
    const counts = () => ({ all: numbers(), english: numbers() })
    const data: RosterData = {
      fingerprints: head.fingerprints,
      // The properties are read in the order in which the sections were written.
      vocabulary: {
        stems: texts(),
        inflected: texts(),
        inflectedStems: numbers(),
        stemCounts: counts(),
        inflectedCounts: counts(),
      },
      counted: {
        size: head.fingerprints.length,
        owners: addUpGaps(numbers()),
        weights: Uint8Array.from(numbers()),
        singles: Uint8Array.from(numbers()),
        passages: unflattenPostings(numbers(), numbers(), numbers(), numbers()),
      },
    }
    return at === file.length ? data : undefined
  } catch {
    return undefined
  }
}
