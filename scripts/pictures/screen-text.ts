import stringWidth from "string-width"

/** A piece of a terminal's row that looks the same throughout. */
export interface Piece {
  text: string
  /** Column of its first character, and how many it takes. */
  at: number
  width: number
  color?: string
  background?: string
  isBold?: true
}

type Style = Pick<Piece, "color" | "background" | "isBold">

/** The sixteen colors that have no figures of their own, as xterm draws them. */
const named = (
  "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 " +
  "666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db ffffff"
).split(" ")

const hex = (...parts: number[]) =>
  `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`

/** One of xterm's 256 colors: sixteen with names, a cube of six levels, and 24 greys. */
const indexed = (index: number): string => {
  if (index < 16) return `#${named[index]}`
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return hex(grey, grey, grey)
  }
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  const at = index - 16
  return hex(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6))
}

/** What `38;…` or `48;…` names, and how many numbers it took. */
const extended = (codes: readonly number[]): [color: string, taken: number] =>
  codes[0] === 2
    ? [hex(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), 4]
    : [indexed(codes[1] ?? 0), 2]

/** What a sequence of "select graphic rendition" makes of a style. */
const restyle = (style: Style, codes: readonly number[]): Style => {
  let next = { ...style }
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at]!
    if (code === 0) next = {}
    else if (code === 1) next.isBold = true
    else if (code === 22) delete next.isBold
    else if (code === 39) delete next.color
    else if (code === 49) delete next.background
    else if (code === 38 || code === 48) {
      const [color, taken] = extended(codes.slice(at + 1))
      next[code === 38 ? "color" : "background"] = color
      at += taken
    } else if (code >= 30 && code <= 37) next.color = indexed(code - 30)
    else if (code >= 90 && code <= 97) next.color = indexed(code - 90 + 8)
    else if (code >= 40 && code <= 47) next.background = indexed(code - 40)
    else if (code >= 100 && code <= 107) next.background = indexed(code - 100 + 8)
  }
  return next
}

// tmux writes styles as these alone, and what else stands in a cell as it is.
const sequence = new RegExp(`${String.fromCharCode(27)}\\[([\\d;:]*)m`)

/** The rows of a terminal, from what `tmux capture-pane -p -e` prints. */
export const readScreen = (captured: string): Piece[][] => {
  let style: Style = {}
  return captured
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => {
      const row: Piece[] = []
      let column = 0
      for (const [at, part] of line.split(sequence).entries()) {
        if (at % 2 === 1) style = restyle(style, part.split(/[;:]/).map(Number))
        else if (part !== "") {
          const width = stringWidth(part)
          row.push({ text: part, at: column, width, ...style })
          column += width
        }
      }
      return row
    })
}
