import { areApart, includesPattern, matchesWildcard } from "./wildcard.ts"

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
 * rule of the lead, in order, every rule of the member, in order, where the two meet. Without any
 * rules the lead is unknown, and nothing bounds its members.
 */
export const boundByLead = (lead: readonly Rule[], member: readonly Rule[]): Rule[] => {
  const bounds: Rule[] = []
  if (lead.length === 0) return bounds
  const own = inForce(member)
  for (const rule of inForce(lead)) {
    // What the lead may changes nothing, but as an exception to an earlier bound.
    if (rule.action === "allow" && !bounds.some((bound) => meet(bound, rule))) continue
    bounds.push(...product(rule, own))
  }
  return bounds
}

const product = (rule: Rule, member: readonly Rule[]) => {
  const block: Rule[] = []
  for (const own of member) {
    const common = meet(rule, own)
    if (!common) continue
    const action = stricter(rule.action, own.action)
    if (common.exact) {
      const last = block.at(-1)
      if (last?.action === action && covers(last, common)) continue
      block.push({ permission: common.permission, pattern: common.pattern, action })
    } else if (action !== rule.action) {
      // Where they meet no pattern can say: rather too strict than too free.
      const strictest = block.reduce((most, each) => stricter(most, each.action), action)
      block.push({ permission: rule.permission, pattern: rule.pattern, action: strictest })
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

/** What two rules both speak of; `exact` unless it is only known to lie within both. */
const meet = (a: Region, b: Region): (Region & { exact: boolean }) | undefined => {
  const permission = narrower(a.permission, b.permission)
  const pattern = narrower(a.pattern, b.pattern)
  if (permission === "none" || pattern === "none") return undefined
  return {
    permission: permission?.text ?? a.permission,
    pattern: pattern?.text ?? a.pattern,
    exact: permission !== undefined && pattern !== undefined,
  }
}

/** The narrower of two patterns, "none" when they share no text, undefined when they only overlap. */
const narrower = (a: string, b: string) => {
  if (includesPattern(a, b)) return { text: b }
  if (includesPattern(b, a)) return { text: a }
  return areApart(a, b) ? "none" : undefined
}
