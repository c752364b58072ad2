import { isRecord } from "./is-record.ts"
import { matchesWildcard } from "./wildcard.ts"

export type QuestionKind = "permission" | "question"

/** `answered` by a person, `expired` at its deadline, `gone` with its agent's attempt. */
export type QuestionState = "open" | "answered" | "expired" | "gone"

/** What OpenCode asks before a tool call. */
export interface PermissionAsk {
  permission: string
  patterns: readonly string[]
  /** What OpenCode itself would remember for "always". */
  always: readonly string[]
  metadata: Readonly<Record<string, unknown>>
}

/** What an agent asks with the `question` tool. */
export interface QuestionAsk {
  questions: readonly {
    question: string
    header: string
    options: readonly { label: string; description: string }[]
    multiple?: boolean
    /** False where OpenCode takes nothing but one of the options. */
    custom?: boolean
  }[]
}

/** An answer that holds for longer than one call. */
export interface Grant {
  permission: string
  pattern: string
  /** 1: the pattern is a text, and a `*` in it only a star. */
  exact: number
}

export type Asked =
  | { kind: "permission"; requestId: string; request: PermissionAsk }
  | { kind: "question"; requestId: string; request: QuestionAsk }

/** In one line: `permission: bash git push`, `question: Which database?`. */
export const describeAsked = ({ kind, request }: Asked) => {
  const words =
    kind === "permission"
      ? [request.permission, request.patterns.join(", ")]
      : [request.questions.map(({ question }) => question).join(" / ")]
  return `${kind}: ${words.join(" ").replace(/\s+/g, " ").trim()}`.slice(0, longestWords)
}

/** Fits beside an agent in a table and into a notice; the whole of it is in the ledger. */
const longestWords = 300

/**
 * Whether what was granted before covers this ask: each of its patterns has to be. OpenCode asks
 * only for what no rule denies, so a grant never lifts a denial of the lead or of the agent.
 */
export const isGranted = (
  { permission, patterns }: Pick<PermissionAsk, "permission" | "patterns">,
  grants: readonly Grant[],
) =>
  patterns.length > 0 &&
  patterns.every((text) =>
    grants.some(
      (grant) =>
        grant.permission === permission &&
        (grant.exact ? grant.pattern === text : matchesWildcard(text, grant.pattern)),
    ),
  )

/** `fleet` remembers exactly what was asked; `always` what OpenCode proposes for its own "always". */
export const grantsOf = (
  { permission, patterns, always }: PermissionAsk,
  answer: "fleet" | "always",
): Grant[] => {
  const isWide = answer === "always" && always.length > 0
  return (isWide ? always : patterns).map((pattern) => ({
    permission,
    pattern,
    exact: isWide ? 0 : 1,
  }))
}

// A diff of a whole file need not be in the ledger twice.
const longestText = 8000

/** What a request tells of itself, short enough for the ledger. */
export const shortened = (value: unknown): unknown => {
  if (typeof value === "string")
    return value.length > longestText ? `${value.slice(0, longestText)}…` : value
  if (Array.isArray(value)) return value.map(shortened)
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortened(each)]))
  return value
}
