/** How a piece of a line is drawn; what is not drawn in colours says it in words too. */
export type Style = "bold" | "dim" | "inverse" | "red" | "green" | "yellow" | "cyan"

export interface Span {
  text: string
  styles: readonly Style[]
}

export type StyledLine = string | readonly Span[]

export const span = (text: string, ...styles: readonly Style[]): Span => ({ text, styles })

export const spansOf = (line: StyledLine): readonly Span[] =>
  typeof line === "string" ? [span(line)] : line

export const textOf = (line: StyledLine) =>
  spansOf(line)
    .map(({ text }) => text)
    .join("")

/** What a first line says is what the rest is about. */
export const headed = ([head, ...rest]: readonly string[]): StyledLine[] =>
  head === undefined ? [] : [[span(head, "bold")], ...rest]

/** A table, whose titles stand back. */
export const titled = ([titles, ...rows]: readonly string[]): StyledLine[] =>
  titles === undefined ? [] : [[span(titles, "dim")], ...rows]

// SGR parameters (ECMA-48).
const codes: Record<Style, number> = {
  bold: 1,
  dim: 2,
  inverse: 7,
  red: 31,
  green: 32,
  yellow: 33,
  cyan: 36,
}

/** Colours only where they are wanted; emphasis that is none of colour stays. */
export const paint = (line: StyledLine, isColoured: boolean) =>
  spansOf(line)
    .map(({ text, styles }) => {
      const drawn = styles.filter((style) => isColoured || style === "inverse")
      if (drawn.length === 0 || text === "") return text
      return `\u001b[${drawn.map((style) => codes[style]).join(";")}m${text}\u001b[0m`
    })
    .join("")
