// The control character "data link escape", which no text of people or models contains.
const escape = "\u0010"

// NUL, the escape itself, and halves of surrogate pairs that stand alone.
const unstorable = new RegExp(
  String.raw`[\0${escape}]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]`,
  "g",
)
const escaped = new RegExp(`${escape}([0-9a-f]{4})`, "g")

/**
 * Postgres keeps no NUL in a text, and no surrogate without its other half is UTF-8. Both come up in
 * what tools print, so they are written as an escape character and four digits: nothing is lost, and
 * equal texts stay equal.
 */
export const encodeText = (text: string) =>
  text.includes("\0") || text.includes(escape) || !text.isWellFormed()
    ? text.replace(
        unstorable,
        (found) => escape + found.charCodeAt(0).toString(16).padStart(4, "0"),
      )
    : text

export const decodeText = (text: string) =>
  text.includes(escape)
    ? text.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
    : text
