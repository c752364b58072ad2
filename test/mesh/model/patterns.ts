import * as fc from "fast-check"

/** As people write them. */
export const ordinaryPatterns = [
  "*",
  "git *",
  "git push *",
  "git status",
  "* --force",
  "rm *",
  "rm -rf *",
  "npm run test*",
  "*.env",
  "*.env.*",
  "*.env.example",
  "src/*",
  "src/*.ts",
  "*.md",
  "docs/*",
  "/tmp/*",
  "https://*",
] as const

/** What nobody writes, and a rule may hold all the same: no letter, only blanks, half a character. */
const pieces = [
  ..."*?ab /\\.-(",
  "**",
  " *",
  "\n",
  "\u0001",
  "é",
  "😀",
  "\ud83d",
  "\ude00",
] as const

export const oddPattern = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((of) => of.join("")),
  },
  { weight: 1, arbitrary: fc.constantFrom(...ordinaryPatterns) },
)

const fillings = [
  "",
  "a",
  "b",
  "ab",
  " ",
  "a b",
  "/",
  "\\",
  ".",
  "\n",
  "*",
  "?",
  "😀",
  "\ude00",
  "x.env",
]

/** Texts that match one of the patterns, or nearly do: the same for the same seed. */
export const textsOf = (patterns: readonly string[], seed: number, count: number): string[] => {
  const pick = createPick(seed)
  return Array.from({ length: count }, () => {
    const text = pick(patterns)
      .replace(/ \*$/, () => pick(["", " ", " *"]))
      .replace(/\*/g, () => pick(fillings))
      .replace(/\?/g, () => pick([..."ab /?*", "\ud83d", ""]))
    return pick([text, text, text, `${text}a`, text.slice(1), text.slice(0, -1), ""])
  })
}

/** A cheap choice of the same things for the same seed. */
export const createPick = (seed: number) => {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return <T>(from: readonly T[]): T => {
    // xorshift: a million draws cost some milliseconds.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return from[state % from.length]!
  }
}
