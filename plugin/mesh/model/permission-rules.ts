import { includesPattern, intersectPatterns, matchesWildcard } from "./wildcard.ts"

/** One of OpenCode's permission rules. Of those that match, the last one counts. */
export interface Rule {
  permission: string
  pattern: string
  action: "allow" | "ask" | "deny"
}

export const decide = (
  rules: readonly Rule[],
  permission: string,
  pattern: string,
): Rule["action"] =>
  rules.findLast(
    (rule) =>
      matchesWildcard(permission, rule.permission) && matchesWildcard(pattern, rule.pattern),
  )?.action ?? "ask"

/**
 * What a member's session gets on top of its agent's rules, so that it may exactly what both its
 * agent and the lead may. The stricter of two ordered lists is the product of their rules: for every
 * rule of the lead, in order, every rule of the member, in order, where the two meet. The last entry
 * that matches a text is then made of the last rule of each that does. Without any rules the lead is
 * unknown, and nothing bounds its members.
 */
export const boundByLead = (lead: readonly Rule[], member: readonly Rule[]): Rule[] => {
  const bounds: Rule[] = []
  if (lead.length === 0) return bounds
  const own = inForce(member)
  for (const rule of inForce(lead)) {
    // What the lead may changes nothing, but as an exception to an earlier bound.
    if (rule.action === "allow" && !bounds.some((bound) => mayMeet(bound, rule))) continue
    bounds.push(...product(rule, own))
  }
  return bounds
}

/** A sub-agent may do without them; together they make up a fifth of its requests. */
const leftOutOfSubAgents = ["task", "todowrite"]

/**
 * A sub-agent has the tools as a member that OpenCode's own `task` would give it: neither of these,
 * unless its permissions speak of them.
 */
export const asSubAgent = ({ mode, permission }: { mode: string; permission: readonly Rule[] }) =>
  mode === "primary"
    ? []
    : leftOutOfSubAgents
        .filter((tool) => !permission.some((rule) => rule.permission === tool))
        .map((tool): Rule => ({ permission: tool, pattern: "*", action: "deny" }))

/**
 * What a member's own rules deny whole, once more after bounds that speak of parts of it: OpenCode
 * leaves a tool out of the requests only where the last rule about it denies everything.
 */
export const deniedWhole = (own: readonly Rule[], bounds: readonly Rule[]): Rule[] =>
  own.filter(
    (rule, index) =>
      rule.pattern === "*" &&
      rule.action === "deny" &&
      !own.slice(index + 1).some((later) => meet(later, rule).length > 0) &&
      bounds.some((bound) => bound.permission === rule.permission && bound.pattern !== "*"),
  )

const product = (rule: Rule, member: readonly Rule[]) => {
  const block: Rule[] = []
  for (const own of member) {
    const action = stricter(rule.action, own.action)
    const common = meet(rule, own)
    if (common === "untold") {
      // Rather too strict than too free; what is as free as can be needs no saying.
      if (action === rule.action) continue
      const strictest = block.reduce((most, each) => stricter(most, each.action), action)
      block.push({ permission: rule.permission, pattern: rule.pattern, action: strictest })
      continue
    }
    for (const region of common) {
      const last = block.at(-1)
      if (last?.action !== action || !covers(last, region)) block.push({ ...region, action })
    }
  }
  return block
}

const strictness = { allow: 0, ask: 1, deny: 2 } as const
const stricter = (a: Rule["action"], b: Rule["action"]) => (strictness[a] >= strictness[b] ? a : b)

/** Nothing before a rule for everything counts; without one OpenCode asks. */
const inForce = (rules: readonly Rule[]): readonly Rule[] => {
  const last = rules.findLastIndex((rule) => rule.permission === "*" && rule.pattern === "*")
  return last >= 0
    ? rules.slice(last)
    : [{ permission: "*", pattern: "*", action: "ask" }, ...rules]
}

type Region = Pick<Rule, "permission" | "pattern">

const covers = (outer: Region, inner: Region) =>
  includesPattern(outer.permission, inner.permission) &&
  includesPattern(outer.pattern, inner.pattern)

/** What two rules both speak of; "untold" where no patterns can say it. */
const meet = (a: Region, b: Region): readonly Region[] | "untold" => {
  const permissions = intersectPatterns(a.permission, b.permission)
  const patterns = intersectPatterns(a.pattern, b.pattern)
  if (permissions?.length === 0 || patterns?.length === 0) return []
  if (!permissions || !patterns) return "untold"
  return permissions.flatMap((permission) => patterns.map((pattern) => ({ permission, pattern })))
}

const mayMeet = (a: Region, b: Region) => {
  const common = meet(a, b)
  return common === "untold" || common.length > 0
}
