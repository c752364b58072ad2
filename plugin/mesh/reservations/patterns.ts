import { intersectPatterns } from "../model/wildcard.ts"

/**
 * Whether a file can belong to both patterns. `*` and `?` stay within a name, `**` is any number of
 * folders, and a name at the end stands for all below it too. A path without wildcards is a pattern that
 * only it belongs to; brackets and braces are part of names, as frameworks use them.
 */
export const overlap = (a: string, b: string): boolean => meets(a.split("/"), b.split("/"))

const meets = (a: readonly string[], b: readonly string[]): boolean => {
  const known = new Map<number, boolean>()
  const from = (i: number, j: number): boolean => {
    const key = i * (b.length + 1) + j
    const found = known.get(key)
    if (found !== undefined) return found
    const answer = step(i, j)
    known.set(key, answer)
    return answer
  }
  const step = (i: number, j: number): boolean => {
    const [first, second] = [a[i], b[j]]
    if (first === undefined) return second === undefined || reachesBelow(a) || isOpenEnd(b, j)
    if (second === undefined) return reachesBelow(b) || isOpenEnd(a, i)
    if (first === "**") return from(i + 1, j) || from(i, j + 1)
    if (second === "**") return from(i, j + 1) || from(i + 1, j)
    return meet(first, second) && from(i + 1, j + 1)
  }
  return from(0, 0)
}

/** What two names share may be too much to list, and is something then. */
const meet = (a: string, b: string) => a === b || intersectPatterns(a, b)?.length !== 0

const reachesBelow = (parts: readonly string[]) => !/[*?]/.test(parts.at(-1)!)
const isOpenEnd = (parts: readonly string[], from: number) =>
  parts.slice(from).every((part) => part === "**")

/** Whether all that it names is a place in the tree, and not the tree. */
export const isPart = (pattern: string) => pattern.split("/").some((part) => !/^\**$/.test(part))

/** Whether `pattern` is what was asked for, or lies below a folder that was. */
export const isMeant = (asked: string, pattern: string) =>
  pattern === asked || pattern.startsWith(`${asked}/`)
