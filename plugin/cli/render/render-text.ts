import stringWidth from "string-width"
import { stripVTControlCharacters } from "node:util"

// One column each, everywhere: Latin letters, dashes, quotes, the ellipsis, plain arrows, and the marks
// of our own views. Anything else is measured character by character, which takes a hundred times as long.
const plain =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2026\u2190-\u2193\u21bb\u25b8\u25be\u25cb-\u25cc\u25cf\u2709\u2713\u2717]*$/
const graphemes = new Intl.Segmenter()

/** In columns of a terminal: wide characters and emoji take two, marks none. */
export const widthOf = (text: string) => {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += widthOfOne(segment)
  return width
}

// Texts repeat their characters, and measuring one takes as long as finding twenty.
const measured = new Map<string, number>()
const mostMeasured = 4096

const widthOfOne = (grapheme: string) => {
  const known = measured.get(grapheme)
  if (known !== undefined) return known
  const width = stringWidth(grapheme, { countAnsiEscapeCodes: true })
  if (measured.size >= mostMeasured) measured.clear()
  measured.set(grapheme, width)
  return width
}

/** Longer than any character that is drawn as one, an emoji of a whole family included. */
const mostUnits = 32

/** At most so many columns; what is cut ends in an ellipsis. */
export const cutTo = (text: string, columns: number) => {
  if (text.length <= columns / 2 || (plain.test(text) && text.length <= columns)) return text
  // The rest of a very long text is not even looked at.
  const near = text.slice(0, columns * mostUnits)
  if (plain.test(near)) return `${near.slice(0, columns - 1)}…`
  if (near.length === text.length && widthOf(text) <= columns) return text
  let kept = ""
  let width = 0
  for (const { segment } of graphemes.segment(near)) {
    width += widthOfOne(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/** The lines of a text in so many columns, broken at blanks where there are some. */
export const wrapTo = (text: string, columns: number, mostLines = Infinity): string[] => {
  const lines: string[] = []
  for (const paragraph of text.split("\n")) {
    let rest = paragraph
    do {
      if (lines.length >= mostLines) return [...lines.slice(0, -1), "…"]
      const line = lineOf(rest, columns)
      lines.push(line.trimEnd())
      rest = rest.slice(line.length)
    } while (rest !== "")
  }
  return lines
}

const lineOf = (text: string, columns: number) => {
  const near = text.slice(0, columns * mostUnits)
  if (near.length === text.length && widthOf(text) <= columns) return text
  let end = 0
  let blank = 0
  let width = 0
  for (const { segment, index } of graphemes.segment(near)) {
    width += widthOfOne(segment)
    if (width > columns && end > 0) break
    end = index + segment.length
    if (segment === " ") blank = end
  }
  // A word that is longer than a third of the line is broken rather than the line left empty.
  return text.slice(0, blank > columns / 1.5 ? blank : end)
}

// Characters that turn the direction of reading.
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
// As many marks as any script puts on one letter: more of them would cover the lines around.
const piled = /(\p{Mark}{4})\p{Mark}+/gu

const printable = /^[\x20-\x7e]*$/

/** Printable, and every blank alone and between two words: most of what is shown, several times a second. */
const isHarmless = (text: string) =>
  printable.test(text) && !text.startsWith(" ") && !text.endsWith(" ") && !text.includes("  ")

/** All that makes a terminal do anything but show a character, line breaks and tabs aside. */
export const steering = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * One line that is safe to show: what agents write must not move the cursor, change the colors, turn
 * the direction of reading, or write into the clipboard of whoever watches them.
 */
export const oneLine = (text: string) => {
  if (isHarmless(text)) return text
  return stripVTControlCharacters(text)
    .replace(turning, "")
    .replace(piled, "$1")
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .trim()
}

/** The same for text of several lines. */
export const plainText = (text: string) =>
  stripVTControlCharacters(text).replace(/\r\n?/g, "\n").replace(steering, "").replace(piled, "$1")

export const indent = (text: string, by = "  ") =>
  text
    .split("\n")
    .map((line) => (line === "" ? line : by + line))
    .join("\n")
