import { createScanner, type Node } from "jsonc-parser"

/** Of jsonc-parser's tokens, whose names exist for its own compiler only. */
const kinds = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, blanks: 15 } as const

interface Edit {
  at: number
  length: number
  text: string
}

const blanks = /[ \t\r\n]/

/**
 * Puts one more item behind the last of a list or object: laid out as the one before it, and with not a
 * byte of the rest changed, comments and trailing commas included.
 */
export const appendItem = (text: string, node: Node, item: string): string => {
  const eol = lineEndOf(text)
  const last = node.children?.at(-1)
  if (!last) return apply(text, [{ at: node.offset + 1, length: 0, text: first(text, node, item) }])
  const from = node.children!.at(-2) ?? { offset: node.offset, length: 1 }
  const end = last.offset + last.length
  const { comma, lineEnd, hasLineComment } = after(text, end)
  const isOwnLine = text.slice(from.offset + from.length, last.offset).includes("\n")
  const between =
    isOwnLine || hasLineComment ? eol + indentOf(text, isOwnLine ? last.offset : node.offset) : " "
  if (comma !== undefined)
    return apply(text, [{ at: lineEnd, length: 0, text: `${between}${item},` }])
  return apply(text, [
    { at: end, length: 0, text: "," },
    { at: lineEnd, length: 0, text: between + item },
  ])
}

/** Takes one item out, with its comma and the blanks before it; comments stay. */
export const removeItem = (text: string, node: Node, index: number): string => {
  const item = node.children![index]!
  const end = item.offset + item.length
  const { comma } = after(text, end)
  let start = item.offset
  // What is alone in its list leaves the list as wide as it is.
  const isAlone = node.children!.length === 1 && comma === undefined && node.type === "array"
  if (!isAlone) while (blanks.test(text[start - 1]!)) start--
  // What stands behind it on its line must not become part of a comment.
  const next = comma === undefined ? end : comma + 1
  if (/^[ \t]*[^\s]/.test(text.slice(next)) && isBehindComment(text, node, index))
    start = item.offset
  if (comma !== undefined) {
    const isFirst = index === 0 && start === node.offset + 1
    const gap = isFirst ? /^[ \t]*/.exec(text.slice(comma + 1))![0].length : 0
    return apply(text, [
      { at: start, length: end - start, text: "" },
      { at: comma, length: 1 + gap, text: "" },
    ])
  }
  const before = node.children![index - 1]
  const edits = [{ at: start, length: end - start, text: "" }]
  if (before) {
    const at = after(text, before.offset + before.length).comma!
    edits.unshift({ at, length: 1, text: "" })
  }
  return apply(text, edits)
}

/** Puts another text in an item's place. */
export const replaceItem = (text: string, { offset, length }: Node, item: string): string =>
  apply(text, [{ at: offset, length, text: item }])

const first = (text: string, node: Node, item: string) => {
  if (node.type === "array") return item
  const eol = lineEndOf(text)
  const inside = text.slice(node.offset + 1, node.offset + node.length - 1)
  const line = `${eol}${indentOf(text, node.offset)}  ${item}`
  return inside.includes("\n") ? line : `${line}${eol}`
}

/** What follows an item: its comma, and where its line ends, comments in it included. */
const after = (text: string, end: number) => {
  const scanner = createScanner(text)
  scanner.setPosition(end)
  let comma: number | undefined
  let lineEnd = end
  let isSameLine = true
  let hasLineComment = false
  for (;;) {
    const kind: number = scanner.scan()
    const tokenEnd = scanner.getTokenOffset() + scanner.getTokenLength()
    if (kind === kinds.comma) {
      if (comma !== undefined) break
      comma = scanner.getTokenOffset()
      lineEnd = tokenEnd
      isSameLine = true
      hasLineComment = false
    } else if (kind === kinds.lineBreak) {
      if (comma !== undefined) break
      isSameLine = false
    } else if (kind === kinds.lineComment || kind === kinds.blockComment) {
      if (!isSameLine) continue
      lineEnd = tokenEnd
      hasLineComment ||= kind === kinds.lineComment
    } else if (kind !== kinds.blanks) break
  }
  return { comma, lineEnd, hasLineComment }
}

/** Whether what is written before an item, but for blanks, is a comment that ends with its line. */
const isBehindComment = (text: string, node: Node, index: number) => {
  const scanner = createScanner(text)
  const before = node.children![index - 1]
  scanner.setPosition(before ? before.offset + before.length : node.offset + 1)
  let isComment = false
  for (
    let kind: number = scanner.scan();
    scanner.getTokenOffset() < node.children![index]!.offset;
    kind = scanner.scan()
  )
    if (kind !== kinds.blanks && kind !== kinds.lineBreak) isComment = kind === kinds.lineComment
  return isComment
}

const lineEndOf = (text: string) => (text.includes("\r\n") ? "\r\n" : "\n")

/** The blanks that the line of this place begins with. */
const indentOf = (text: string, at: number) =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", at - 1) + 1, at))![0]

/** From the back, so that places stay right; of two at one place the later one stands behind. */
const apply = (text: string, edits: readonly Edit[]) =>
  edits
    .toReversed()
    .toSorted((a, b) => b.at - a.at)
    .reduce(
      (changed, { at, length, text: put }) =>
        changed.slice(0, at) + put + changed.slice(at + length),
      text,
    )
