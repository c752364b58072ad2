import { cutTo, oneLine, widthOf } from "../../cli/render/render-text.ts"

/** What a piece of text means; the theme gives it a color. */
export type Tone = "text" | "muted" | "good" | "warn" | "bad" | "accent"

export interface Span {
  text: string
  tone: Tone
  bold?: boolean
}
export type Line = readonly Span[]

export const span = (text: string, tone: Tone = "text", bold = false): Span =>
  bold ? { text, tone, bold } : { text, tone }

/** Long enough for any terminal, and short enough to clean 64 KB lines of 64 agents often. */
const mostCharacters = 600
// Marks that turn or hide what stands beside them, and are not seen themselves.
const invisible = /[\u061c\u200b-\u200f\u2060\ufeff]/gu

/** What an agent wrote, as one line that does nothing to a terminal. */
export const tame = (text: string) =>
  oneLine(text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, "")).replace(invisible, "")

export const lineWidth = (line: Line) => line.reduce((sum, { text }) => sum + widthOf(text), 0)

/** No wider than so many columns; what is cut ends in an ellipsis. */
export const fit = (line: Line, columns: number): Line => {
  const kept: Span[] = []
  let left = columns
  for (const each of line) {
    if (left <= 0) break
    const text = cutTo(each.text, left)
    kept.push(text === each.text ? each : { ...each, text })
    left -= widthOf(text)
    if (text !== each.text) break
  }
  return kept
}

/** `left` and `right` at the two ends; where both do not fit, `left` is cut. */
export const spread = (left: Line, right: Line, columns: number): Line => {
  const room = columns - lineWidth(right)
  if (room < 4) return fit(left, columns)
  const start = fit(left, right.length > 0 ? room - 1 : room)
  return right.length === 0
    ? start
    : [...start, span(" ".repeat(room - lineWidth(start))), ...right]
}

/** Exactly so many columns. */
export const cell = (text: string, columns: number) => {
  const cut = cutTo(text, columns)
  return cut + " ".repeat(Math.max(0, columns - widthOf(cut)))
}

export const cellRight = (text: string, columns: number) => {
  const cut = cutTo(text, columns)
  return " ".repeat(Math.max(0, columns - widthOf(cut))) + cut
}

export const plain = (line: Line) => line.map(({ text }) => text).join("")
