import type { Briefs } from "../ranking/briefs.ts"
import type { Classifier } from "../ranking/classifier.ts"
import { createByteWriter, readNumber } from "../packing/bytes.ts"
import { scaleSteps, type PackedTexts } from "../index/packed-texts.ts"
import type { VocabularyData } from "../words/vocabulary.ts"

/** A roster as it was counted when the package was built; reading texts anew takes a second. */
export interface RosterData {
  /** Of each specialist, in the order of the counted texts: a hash of its texts, questions aside. */
  fingerprints: readonly string[]
  vocabulary: VocabularyData
  texts: PackedTexts
  /** Only of a roster that was counted by a build: training takes seconds. */
  classifier?: Classifier
  briefs?: Briefs
}

/** Rises when the layout or the way of counting changes; another file is then not used. */
const format = "meshfleet-routing-3"

const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder()

const encodeNumbers = (numbers: ArrayLike<number>): Uint8Array => {
  const writer = createByteWriter()
  for (let at = 0; at < numbers.length; at++) writer.number(numbers[at]!)
  return writer.take()
}

const decodeNumbers = (bytes: Uint8Array, numbers: Uint32Array | Uint8Array) => {
  const cursor = { at: 0 }
  for (let index = 0; index < numbers.length; index++) numbers[index] = readNumber(bytes, cursor)
}

const gapsOf = (ascending: Uint32Array) =>
  ascending.map((number, at) => (at === 0 ? number : number - ascending[at - 1]!))

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength)

interface Head {
  format: string
  fingerprints: readonly string[]
  averages: PackedTexts["averages"]
  /** Bytes and entries of each section, in order. */
  sections: readonly (readonly [bytes: number, entries: number])[]
}

const noClassifier: Classifier = {
  terms: new Uint32Array(),
  starts: new Uint32Array(1),
  lists: new Uint8Array(),
}

/** A first line of JSON, then the sections one after the other. */
export const writeRoster = ({
  fingerprints,
  vocabulary,
  texts,
  classifier = noClassifier,
  briefs = {
    classifier: noClassifier,
    rarities: new Uint8Array(),
    technologies: new Uint32Array(),
  },
}: RosterData): Uint8Array => {
  const parts: Uint8Array[] = []
  const sections: [bytes: number, entries: number][] = []
  const section = (bytes: Uint8Array, entries: number) => {
    parts.push(bytes)
    sections.push([bytes.length, entries])
  }
  const raw = (bytes: Uint8Array) => section(bytes, bytes.length)
  const numbers = (list: ArrayLike<number>) => section(encodeNumbers(list), list.length)
  const ascending = (list: Uint32Array) => numbers(gapsOf(list))
  const fractions = (list: Float32Array) => section(bytesOf(list), list.length)

  raw(vocabulary.words.text)
  ascending(vocabulary.words.starts)
  numbers(vocabulary.terms)
  numbers(vocabulary.counts)
  numbers(vocabulary.englishCounts)
  numbers(vocabulary.names)
  ascending(texts.terms)
  ascending(texts.starts)
  raw(texts.lists)
  ascending(texts.owners)
  raw(texts.weights)
  numbers(Uint32Array.from(texts.scales, (scale) => Math.round(scale * scaleSteps)))
  fractions(texts.wordDamping)
  fractions(texts.meaningDamping)
  for (const { terms, starts, lists } of [classifier, briefs.classifier]) {
    ascending(terms)
    ascending(starts)
    raw(lists)
  }
  raw(briefs.rarities)
  ascending(briefs.technologies)

  const head: Head = { format, fingerprints, averages: texts.averages, sections }
  const writer = createByteWriter()
  writer.bytes(textEncoder.encode(`${JSON.stringify(head)}\n`))
  for (const part of parts) writer.bytes(part)
  return writer.take()
}

/** The counterpart of `writeRoster`; undefined for a file of another format or one cut short. */
export const readRoster = (file: Uint8Array): RosterData | undefined => {
  try {
    const lineEnd = file.indexOf(10)
    const head = JSON.parse(textDecoder.decode(file.subarray(0, lineEnd))) as Head
    if (head.format !== format) return undefined
    const total = head.sections.reduce((sum, [bytes]) => sum + bytes, lineEnd + 1)
    if (total !== file.length) return undefined
    let at = lineEnd + 1
    let section = 0
    const next = () => {
      const [length, entries] = head.sections[section++]!
      return { bytes: file.subarray(at, (at += length)), entries }
    }
    // Where it lies in the file; as a Buffer every part of it would be one, too.
    const raw = () => {
      const { buffer, byteOffset, byteLength } = next().bytes
      return new Uint8Array(buffer, byteOffset, byteLength)
    }
    const numbers = () => {
      const { bytes, entries } = next()
      const list = new Uint32Array(entries)
      decodeNumbers(bytes, list)
      return list
    }
    const ascending = () => {
      const list = numbers()
      for (let index = 1; index < list.length; index++) list[index]! += list[index - 1]!
      return list
    }
    const fractions = () => new Float32Array(raw().slice().buffer)

    // The properties are read in the order in which the sections were written.
    const vocabulary: VocabularyData = {
      words: { text: raw(), starts: ascending() },
      terms: numbers(),
      counts: numbers(),
      englishCounts: numbers(),
      names: numbers(),
    }
    const texts: PackedTexts = {
      size: head.fingerprints.length,
      averages: head.averages,
      terms: ascending(),
      starts: ascending(),
      lists: raw(),
      owners: ascending(),
      weights: raw(),
      scales: Float32Array.from(numbers(), (steps) => steps / scaleSteps),
      wordDamping: fractions(),
      meaningDamping: fractions(),
    }
    const nextClassifier = () => ({ terms: ascending(), starts: ascending(), lists: raw() })
    const classifier = nextClassifier()
    const briefs = { classifier: nextClassifier(), rarities: raw(), technologies: ascending() }
    return {
      fingerprints: head.fingerprints,
      vocabulary,
      texts,
      ...(classifier.terms.length > 0 && { classifier }),
      ...(briefs.classifier.terms.length > 0 && { briefs }),
    }
  } catch {
    return undefined
  }
}
