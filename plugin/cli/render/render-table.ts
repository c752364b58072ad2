import { cutTo, oneLine, widthOf } from "./render-text.ts"

export interface Column {
  title: string
  /** Numbers are read from the right. */
  right?: true
}

/**
 * Aligned columns, two spaces between them, no blanks at line ends. The last column takes what the
 * width leaves; without a width nothing is cut.
 */
export const renderTable = (
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width = Infinity,
): string[] => {
  // A cell of 64 KB must not push away the columns beside it, nor be measured to its end.
  const fit = (cell: string) => cutTo(oneLine(cell), width)
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(fit))]
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((row) => widthOf(row[index] ?? ""))),
  )
  return cells.map((row) =>
    cutTo(
      columns
        .map((column, index) => pad(row[index] ?? "", widths[index]!, column))
        .join("  ")
        .trimEnd(),
      width,
    ),
  )
}

const pad = (text: string, width: number, { right }: Column) => {
  const blanks = " ".repeat(width - widthOf(text))
  return right ? blanks + text : text + blanks
}
