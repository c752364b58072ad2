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

/** Whether every text of `inner` matches `outer`: tried with nothing and with much for each star. */
export const includesPattern = (outer: string, inner: string) =>
  [
    ...["", "\u0001".repeat(outer.length + 1)].map((filling) => inner.replaceAll("*", filling)),
    ...(inner.endsWith(" *") ? [inner.slice(0, -2).replaceAll("*", "")] : []),
  ].every((text) => matchesWildcard(text, outer))

/** Whether no text matches both, as far as what is fixed at their beginnings and ends can tell. */
export const areApart = (a: string, b: string) => {
  const isLiteral = !/[*?]/.test(a) || !/[*?]/.test(b)
  if (isLiteral) return !matchesWildcard(a, b) && !matchesWildcard(b, a)
  const [first, second] = [withSlashes(a), withSlashes(b)]
  return contradict(first, second) || contradict(reversed(first), reversed(second))
}

/** By what is fixed before their first wildcard. */
const contradict = (a: string, b: string) => {
  const [first = "", second = ""] = [a, b].map((pattern) => /^[^*?]*/.exec(pattern)![0])
  return !first.startsWith(second) && !second.startsWith(first)
}

const reversed = (text: string) => [...text].toReversed().join("")
