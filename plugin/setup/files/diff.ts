/** A line that stays, goes or comes. */
export interface DiffLine {
  kind: "same" | "gone" | "new"
  text: string
}

/** Lines around a change that tell where it is. */
const context = 2

/** How two texts differ, for a person: one stretch of lines, and what stands around it. */
export const diffLines = (before: string, after: string): DiffLine[] => {
  const [old, now] = [linesOf(before), linesOf(after)]
  const most = Math.min(old.length, now.length)
  let head = 0
  while (head < most && old[head] === now[head]) head++
  let tail = 0
  while (tail < most - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  const line = (kind: DiffLine["kind"]) => (text: string) => ({ kind, text })
  return [
    ...old.slice(Math.max(0, head - context), head).map(line("same")),
    ...old.slice(head, old.length - tail).map(line("gone")),
    ...now.slice(head, now.length - tail).map(line("new")),
    ...old.slice(old.length - tail, old.length - tail + context).map(line("same")),
  ]
}

/** Line ends are not shown, and a last one is no line. */
const linesOf = (text: string) => {
  const lines = text.split(/\r?\n/)
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines
}
