import { isRecord } from "../../model/is-record.ts"
import { includesPattern } from "../../model/wildcard.ts"

export type Action = "allow" | "ask" | "deny"
export type Rule = Action | Readonly<Record<string, Action>>

const isAction = (value: unknown): value is Action =>
  value === "allow" || value === "ask" || value === "deny"

export const isRule = (value: unknown): value is Rule =>
  isAction(value) || (isRecord(value) && Object.values(value).every(isAction))

export type Permission = Readonly<Record<string, Rule>>
export type Access = "review" | "plan" | "docs" | "ops" | "write"

/** The permission block of each access class. A key that is absent means: the user's own rules. */
export const accessClasses: Readonly<Record<Access, Permission>> = {
  review: { edit: "deny", task: "deny" },
  plan: { edit: "deny", bash: "deny", task: "deny" },
  docs: {
    edit: { "*": "deny", "*.md": "allow", "*.mdx": "allow", "docs/*": "allow" },
    bash: "deny",
    task: "deny",
  },
  ops: { edit: "ask", bash: "ask", task: "deny" },
  write: { task: "deny" },
}

export const isAccess = (value: string): value is Access => Object.hasOwn(accessClasses, value)

/** The one specialist whose work is starting sub-agents. */
export const orchestrator = "agents-orchestrator"

export const permissionOf = (slug: string, access: Access): Permission => {
  const { task, ...rest } = accessClasses[access]
  return slug === orchestrator || task === undefined ? rest : { ...rest, task }
}

const freedom: Readonly<Record<Action, number>> = { deny: 0, ask: 1, allow: 2 }

const patternsOf = (rule: Rule): [string, Action][] =>
  typeof rule === "string" ? [["*", rule]] : Object.entries(rule)

const widenedRule = (key: string, rule: Rule, base: Rule | undefined): string[] => {
  const patterns = patternsOf(rule)
  const everything = patterns.findIndex(([pattern]) => pattern === "*")
  if (base === undefined) {
    // A bare allow would speak for the user; within a narrower "*" it only marks the exceptions.
    const narrowed = everything === 0 && patterns[0]?.[1] !== "allow"
    return patterns
      .filter(([, action]) => action === "allow" && !narrowed)
      .map(([pattern]) => `${key} "${pattern}": allow is the user's to give: leave it out`)
  }
  if (everything !== 0) return [`${key} must begin with "*": the last matching pattern wins`]
  const limits = patternsOf(base)
  return patterns.flatMap(([pattern, action]) => {
    const limit = limits.findLast(([wide]) => includesPattern(wide, pattern))?.[1] ?? "deny"
    if (freedom[action] <= freedom[limit]) return []
    return [`${key} "${pattern}": ${action} is wider than its access class: at most ${limit}`]
  })
}

/** What in a permission block goes beyond the block of its access class; nothing when it is equal or narrower. */
export const findWidening = (permission: Permission, base: Permission): string[] => {
  const missing = Object.keys(base).filter((key) => permission[key] === undefined)
  return [
    ...missing.map((key) => `${key} is missing: write ${key}: ${JSON.stringify(base[key])}`),
    ...Object.entries(permission).flatMap(([key, rule]) => widenedRule(key, rule, base[key])),
  ]
}
