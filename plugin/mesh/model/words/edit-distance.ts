/**
 * Makes a function that compares two words of up to `longest` letters; start and length say where
 * the second one lies within a longer text. It returns their optimal string alignment distance
 * (insert, delete, replace or swap two neighbours, each for 1), or `limit + 1` once that is sure to
 * exceed the limit. Its three rows are used again and again: a query runs it thousands of times.
 */
export const createEditDistance = (longest: number) => {
  let twoAgo = new Uint16Array(longest + 2)
  let previous = new Uint16Array(longest + 2)
  let current = new Uint16Array(longest + 2)
  return (
    a: ArrayLike<number>,
    text: ArrayLike<number>,
    limit: number,
    start = 0,
    length = text.length,
  ): number => {
    if (Math.abs(a.length - length) > limit) return limit + 1
    if (a.length > longest || length > longest) return limit + 1
    for (let j = 0; j <= length; j++) previous[j] = j
    for (let i = 1; i <= a.length; i++) {
      current[0] = i
      let lowest = i
      for (let j = 1; j <= length; j++) {
        const same = a[i - 1] === text[start + j - 1]
        let cost = Math.min(
          previous[j]! + 1,
          current[j - 1]! + 1,
          previous[j - 1]! + (same ? 0 : 1),
        )
        const swapped =
          i > 1 && j > 1 && a[i - 1] === text[start + j - 2] && a[i - 2] === text[start + j - 1]
        if (swapped) cost = Math.min(cost, twoAgo[j - 2]! + 1)
        current[j] = cost
        if (cost < lowest) lowest = cost
      }
      if (lowest > limit) return limit + 1
      const spare = twoAgo
      twoAgo = previous
      previous = current
      current = spare
    }
    return previous[length]!
  }
}

const codesOf = (text: string) =>
  Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))

/** The same of two strings, however far apart they are. */
export const editDistance = (a: string, b: string): number => {
  const longest = Math.max(a.length, b.length)
  return createEditDistance(longest)(codesOf(a), codesOf(b), longest)
}
