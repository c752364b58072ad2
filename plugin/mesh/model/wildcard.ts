/**
 * OpenCode's wildcards, as its own `Wildcard.match` has them: `*` is any text, `?` one character,
 * "ls *" is "ls" as well, and both slashes are the same.
 */
export const matchesWildcard = (text: string, pattern: string) => {
  const source = withSlashes(pattern)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".")
    .replace(/ \.\*$/, "( .*)?")
  return new RegExp(`^${source}$`, "s").test(withSlashes(text))
}

const withSlashes = (text: string) => text.replaceAll("\\", "/")

/**
 * Whether every text of `inner` matches `outer`. Never true without being so: a form of `outer` that
 * covers a form of `inner` piece by piece takes each of its texts apart in the same way.
 */
export const includesPattern = (outer: string, inner: string) =>
  formsOf(inner).every((each) => formsOf(outer).some((form) => covers(form, each)))

/**
 * Patterns that together match exactly the texts which both match; none when there is no such text,
 * undefined when they would be too many or too long to tell.
 */
export const intersectPatterns = (a: string, b: string): readonly string[] | undefined => {
  if (includesPattern(a, b)) return [b]
  if (includesPattern(b, a)) return [a]
  const isLiteral = !/[*?]/.test(a) || !/[*?]/.test(b)
  if (isLiteral) return []
  if (Math.max(a.length, b.length) > longestPattern) return undefined
  const common = formsOf(a).flatMap((first) => formsOf(b).map((second) => overlap(first, second)))
  const texts = common.flatMap((each) => [...(each ?? [])])
  if (common.includes(undefined) || texts.length > mostPatterns) return undefined
  return [...new Set(texts)].map(withoutTail)
}

// Deeper than any pattern that is written by hand, and no danger to the stack.
const longestPattern = 1000
// "*a*b*" and "*c*d*" have 6; each is a rule more that OpenCode goes through before every call.
const mostPatterns = 32

/**
 * What a pattern is made of, without what only its spelling has: its slashes alike, `*?` as `?*` and
 * `**` as `*`, and "ls *" as the two that it stands for.
 */
const formsOf = (pattern: string): string[] => {
  const forms = pattern.endsWith(" *") ? [pattern.slice(0, -2), pattern] : [pattern]
  return forms.map((form) =>
    withSlashes(form).replace(/[*?]{2,}/g, (run) => {
      const singles = run.replaceAll("*", "")
      return singles.length < run.length ? `${singles}*` : singles
    }),
  )
}

/** A form that ends in " *" as a pattern means the blank too. */
const withoutTail = (form: string) => (form.endsWith(" *") ? `${form}*` : form)

/** Each star of `inner` lies within a star of `outer`, each `?` within a wildcard, each character within its like. */
const covers = (outer: string, inner: string) => {
  let [at, read, star, resume] = [0, 0, -1, 0]
  while (read < inner.length) {
    const piece = outer[at]
    if (piece === "*") {
      star = at++
      resume = read
    } else if (piece === inner[read] || (piece === "?" && inner[read] !== "*")) {
      at++
      read++
    } else if (star >= 0) {
      at = star + 1
      read = ++resume
    } else return false
  }
  return /^\**$/.test(outer.slice(at))
}

/** Every way in which two forms can match the same text, each as a form. */
const overlap = (a: string, b: string): ReadonlySet<string> | undefined => {
  const known = new Map<number, ReadonlySet<string>>()
  let isTooMuch = false
  const from = (i: number, j: number): ReadonlySet<string> => {
    const key = i * (b.length + 1) + j
    const found = known.get(key)
    if (found) return found
    const ways = isTooMuch ? new Set<string>() : waysFrom(i, j)
    if (ways.size > mostPatterns) isTooMuch = true
    known.set(key, ways)
    return ways
  }
  const waysFrom = (i: number, j: number): ReadonlySet<string> => {
    const [first, second] = [a[i], b[j]]
    if (first === undefined && second === undefined) return new Set([""])
    if (first === "*" && second === "*") return after("*", from(i + 1, j), from(i, j + 1))
    // A star takes what the other pattern has next, or nothing more.
    if (first === "*" && second === undefined) return from(i + 1, j)
    if (second === "*" && first === undefined) return from(i, j + 1)
    if (first === undefined || second === undefined) return new Set()
    if (first === "*") return new Set([...from(i + 1, j), ...after(second, from(i, j + 1))])
    if (second === "*") return new Set([...from(i, j + 1), ...after(first, from(i + 1, j))])
    if (first === second || second === "?") return after(first, from(i + 1, j + 1))
    return first === "?" ? after(second, from(i + 1, j + 1)) : new Set()
  }
  const ways = from(0, 0)
  return isTooMuch ? undefined : ways
}

const after = (piece: string, ...rests: readonly ReadonlySet<string>[]) =>
  new Set(rests.flatMap((rest) => [...rest].map((each) => piece + each)))
