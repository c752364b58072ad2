import { stripVTControlCharacters } from "node:util"

// East Asian wide characters and emoji take two columns of a terminal.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u
const mark = /\p{Mark}|\u200d|\ufe0f/u

export const widthOf = (text: string) => {
  let width = 0
  for (const character of text) width += mark.test(character) ? 0 : wide.test(character) ? 2 : 1
  return width
}

/** At most so many columns; what is cut ends in an ellipsis. */
export const cutTo = (text: string, columns: number) => {
  if (text.length <= columns / 2 || widthOf(text) <= columns) return text
  let kept = ""
  let width = 0
  for (const character of text) {
    width += widthOf(character)
    if (width > columns - 1) break
    kept += character
  }
  return `${kept}…`
}

/**
 * One line that is safe to show: what agents write must not move the cursor, change the colors, turn
 * the direction of reading, or write into the clipboard of whoever watches them.
 */
export const oneLine = (text: string) =>
  stripVTControlCharacters(text)
    .replace(turning, "")
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, " ")
    .trim()

/** The same for text of several lines. */
export const plainText = (text: string) =>
  stripVTControlCharacters(text)
    .replace(turning, "")
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")

const turning = /[\u202a-\u202e\u2066-\u2069]/g

export const indent = (text: string, by = "  ") =>
  text
    .split("\n")
    .map((line) => (line === "" ? line : by + line))
    .join("\n")
