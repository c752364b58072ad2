import { describe, expect, test } from "bun:test"
import { boundByLead, decide, type Rule } from "../../../plugin/mesh/model/permission-rules.ts"

const rule = (text: string): Rule => {
  const [permission, pattern, action] = text.split(" ") as [string, string, Rule["action"]]
  return { permission, pattern, action }
}
const strictness = { allow: 0, ask: 1, deny: 2 }
const bounded = (lead: Rule[], member: Rule[], permission: string, pattern: string) =>
  decide([...member, ...boundByLead(lead, member)], permission, pattern)

test("the last rule that matches counts, and without one OpenCode asks", () => {
  const rules = ["* * allow", "bash * deny", "bash git* ask"].map(rule)
  expect([
    decide(rules, "edit", "x"),
    decide(rules, "bash", "rm"),
    decide(rules, "bash", "git log"),
    decide([], "bash", "x"),
  ]).toEqual(["allow", "deny", "ask", "ask"])
})

describe("a member", () => {
  test("gets the lead's denials and questions over its own permissions", () => {
    const lead = ["* * allow", "bash * ask", "bash git* allow", "edit secrets/* deny"].map(rule)
    const member = ["* * allow"].map(rule)
    expect(bounded(lead, member, "bash", "rm x")).toBe("ask")
    expect(bounded(lead, member, "bash", "git log")).toBe("allow")
    expect(bounded(lead, member, "edit", "secrets/key")).toBe("deny")
    expect(bounded(lead, member, "edit", "a.ts")).toBe("allow")
  })

  test("keeps its own denials where the lead may or is asked", () => {
    const lead = ["* * allow", "bash * ask", "bash git* allow"].map(rule)
    const member = ["* * allow", "edit * deny", "bash git?push* deny"].map(rule)
    expect(bounded(lead, member, "edit", "a.ts")).toBe("deny")
    expect(bounded(lead, member, "bash", "git push x")).toBe("deny")
    expect(bounded(lead, member, "bash", "git log")).toBe("allow")
  })

  test("of the lead's own agent gets exactly what the lead has", () => {
    const rules = ["* * allow", "doom_loop * ask", "read *.env ask", "bash rm* deny"].map(rule)
    for (const [permission, pattern] of [
      ["read", ".env"],
      ["read", "x"],
      ["bash", "rm x"],
      ["bash", "ls"],
      ["doom_loop", "y"],
      ["edit", "z"],
    ] as const)
      expect(bounded(rules, rules, permission, pattern)).toBe(decide(rules, permission, pattern))
  })

  test("never may more than the lead, nor more than its agent, in 5,000 combinations", () => {
    let seed = 1
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return Math.floor((seed / 2_147_483_648) * below)
    }
    const pick = <T>(of: readonly T[]) => of[random(of.length)]!
    const permissions = ["*", "bash", "edit", "b*"]
    const patterns = ["*", "a*", "*b", "ab", "a?", "abc", "*b*", "aab"]
    const rules = () =>
      Array.from({ length: random(5) }, (): Rule => ({
        permission: pick(permissions),
        pattern: pick(patterns),
        action: pick(["allow", "ask", "deny"]),
      }))
    const anything = ["* * allow", "* * ask", "* * deny", "b* a* deny"].map(rule)
    const texts = ["a", "b", "ab", "aab", "abc", "xb", "axb", "x", "abb"]
    for (let count = 0; count < 5000; count++) {
      const [lead, member] = [[pick(anything), ...rules()], rules()]
      const permission = pick(["bash", "edit", "web"])
      const text = pick(texts)
      const got = strictness[bounded(lead, member, permission, text)]
      const least = Math.max(
        strictness[decide(lead, permission, text)],
        strictness[decide(member, permission, text)],
      )
      if (got < least)
        throw new Error(
          `${permission} ${text}: ${JSON.stringify({ lead, member, bounds: boundByLead(lead, member) })}`,
        )
    }
  }, 60_000)
})
