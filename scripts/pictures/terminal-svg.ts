import { type Piece, readScreen } from "./screen-text.ts"

/** What a terminal showed, and since when. */
export interface Frame {
  /** Milliseconds since the first. */
  at: number
  /** As `tmux capture-pane -p -e` prints it. */
  captured: string
}

/** Pixels of a cell at 14 px of a monospaced font. */
const cell = { width: 8.4, height: 18 }
const margin = 12
/** What has nothing of its own is drawn so. */
const paper = "#0d1117"
const ink = "#e6edf3"
/** Nobody looks longer at a picture in which nothing moves; the last stays to be read. */
const longestMs = 2500
const lastMs = 5000

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
const escape = (text: string) => text.replace(/[&<>"]/g, (each) => escapes[each]!)
const round = (value: number) => Number(value.toFixed(2))

const drawPiece = ({ text, at, width, color = ink, background, isBold }: Piece) => {
  const x = round(at * cell.width)
  const box = background
    ? `<rect x="${x}" width="${round(width * cell.width + 0.3)}" height="${cell.height}" fill="${background}"/>`
    : ""
  if (text.trim() === "") return box
  const length = round(width * cell.width)
  return `${box}<text x="${x}" y="13" fill="${color}"${isBold ? ' font-weight="bold"' : ""} textLength="${length}">${escape(text)}</text>`
}

/** How long each frame is shown, with its beginning, in a film that has no waits. */
const timesOf = (frames: readonly Frame[]) => {
  let from = 0
  return frames.map((frame, index) => {
    const next = frames[index + 1]
    const lasts = next ? Math.min(longestMs, next.at - frame.at) : lastMs
    const shown = { from, lasts }
    from += lasts
    return shown
  })
}

/**
 * A terminal's pictures as one SVG: a still when there is one of them, a film that begins anew
 * otherwise. Rows that occur often are drawn once.
 */
export const renderTerminal = (
  frames: readonly Frame[],
  { columns, rows, title }: { columns: number; rows: number; title: string },
): string => {
  const known = new Map<string, string>()
  const rowId = (row: readonly Piece[]) => {
    const drawn = row.map(drawPiece).join("")
    if (drawn === "") return undefined
    const id = known.get(drawn) ?? `r${known.size}`
    known.set(drawn, id)
    return id
  }
  const times = timesOf(frames)
  const total = times.reduce((sum, { lasts }) => sum + lasts, 0)
  const screens = frames.map(({ captured }, index) => {
    const uses = readScreen(captured).map((row, line) => {
      const id = rowId(row)
      return id ? `<use href="#${id}" y="${line * cell.height}"/>` : ""
    })
    const { from, lasts } = times[index]!
    const begins = round((from / total) * 100)
    const ends = round(((from + lasts) / total) * 100)
    return { uses: uses.join(""), begins, ends, index }
  })
  const width = round(columns * cell.width + 2 * margin)
  const height = rows * cell.height + 2 * margin
  const isFilm = frames.length > 1
  // Each is seen from its beginning to that of the next, and what is not seen is not drawn.
  const film = screens.map(
    ({ begins, ends, index }) =>
      `@keyframes k${index}{0%{visibility:hidden}${begins}%{visibility:visible}${ends}%{visibility:${ends === 100 ? "visible" : "hidden"}}}` +
      `#f${index}{visibility:hidden;animation:k${index} ${round(total / 1000)}s step-end infinite}`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}${isFilm ? film.join("") : ""}</style>`,
    `<defs>${[...known].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`).join("")}</defs>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${paper}"/>`,
    `<g transform="translate(${margin} ${margin})">`,
    ...screens.map(({ uses, index }) => `<g id="f${index}">${uses}</g>`),
    "</g>",
    "</svg>",
    "",
  ].join("\n")
}
