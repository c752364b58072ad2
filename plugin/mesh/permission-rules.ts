/** One of OpenCode's permission rules. Of those that match, the last one counts. */
export interface Rule {
  permission: string
  pattern: string
  action: "allow" | "ask" | "deny"
}

/** OpenCode's wildcards: `*` is any text, `?` one character. */
export const matchesWildcard = (text: string, pattern: string) => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".")
  return new RegExp(`^${source}$`, "s").test(text)
}

export const decide = (rules: readonly Rule[], permission: string, pattern: string): Rule["action"] =>
  rules.findLast(
    (rule) => matchesWildcard(permission, rule.permission) && matchesWildcard(pattern, rule.pattern),
  )?.action ?? "ask"

/**
 * What a member's session gets on top of its agent's rules, so that it never may more than the lead:
 * the lead's denials and questions, and of the lead's permissions those that make an exception to
 * these and that the member has anyway.
 */
export const boundByLead = (lead: readonly Rule[], member: readonly Rule[]): Rule[] => {
  const bounds: Rule[] = []
  for (const rule of lead) {
    const members = decide(member, rule.permission, rule.pattern)
    if (rule.action === "allow") {
      const isException = bounds.some((bound) => matchesWildcard(rule.permission, bound.permission))
      if (isException && members === "allow") bounds.push(rule)
    } else if (rule.action === "ask" && members === "deny") {
      // A member that may not do a thing at all is not lifted to a question about it; only what it
      // may do by an exception becomes one.
      for (const own of member)
        if (own.action === "allow" && covers(rule, own)) bounds.push({ ...own, action: "ask" })
    } else bounds.push(rule)
  }
  return bounds
}

const covers = (outer: Rule, inner: Rule) =>
  inner.permission !== "*" &&
  matchesWildcard(inner.permission, outer.permission) &&
  matchesWildcard(inner.pattern, outer.pattern)
