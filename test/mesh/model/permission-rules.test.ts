import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import {
  asSubAgent,
  boundByLead,
  decide,
  deniedWhole,
  type Rule,
} from "../../../plugin/mesh/model/permission-rules.ts"
import { matchesWildcard } from "../../../plugin/mesh/model/wildcard.ts"
import { holds, patience } from "../../support/properties.ts"
import { oddPattern, ordinaryPatterns, textsOf } from "./patterns.ts"

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

  test("keeps what both may where a denial of its own and an exception of the lead cross", () => {
    const lead = ["bash * ask", "bash git?* allow"].map(rule)
    const member = ["* * allow", "bash *--force deny"].map(rule)
    expect(bounded(lead, member, "bash", "git log")).toBe("allow")
    expect(bounded(lead, member, "bash", "git push --force")).toBe("deny")
    expect(bounded(lead, member, "bash", "ls")).toBe("ask")
    expect(bounded(lead, member, "edit", "a.ts")).toBe("ask")
  })

  test("gets no more by patterns that share an odd letter or many stars", () => {
    const table: [
      lead: Rule["action"],
      lead: string,
      own: Rule["action"],
      own: string,
      text: string,
    ][] = [
      // One star takes nothing and the other one much.
      ["allow", "*aa?*", "allow", "a*aa*", "abaa"],
      ["allow", "\u0001*", "allow", "*\u0001", "x\u0001"],
      // The second half of what is one character for whoever reads it.
      ["allow", "*\ude00", "deny", "*😀", "😀"],
    ]
    for (const [action, pattern, ownAction, own, text] of table) {
      const lead = [rule("* * deny"), { permission: "bash", pattern, action }]
      const first = rule(ownAction === "deny" ? "* * allow" : "* * deny")
      const member = [first, { permission: "bash", pattern: own, action: ownAction }]
      expect([pattern, bounded(lead, member, "bash", text)]).toEqual([pattern, "deny"])
    }
  })

  test("rather may too little than too much where patterns are too many to tell", () => {
    const lead = ["* * allow", "bash * ask", "bash *a*b*c*d*e* allow"].map(rule)
    const member = ["* * allow", "bash *1*2*3*4*5* deny"].map(rule)
    expect(bounded(lead, member, "bash", "a1b2c3d4e5")).toBe("deny")
    expect(bounded(lead, member, "bash", "abcde")).toBe("deny")
    expect(bounded(lead, member, "bash", "12345")).toBe("deny")
    expect(bounded(lead, member, "bash", "ls")).toBe("ask")
  })
})

describe("in a million judgements", () => {
  const permissions = ["*", "bash", "edit", "read", "b*", "?dit", "ba*h", "external_directory", ""]
  const asked = ["bash", "edit", "read", "external_directory", "bah", "x", ""]
  const textsPerRun = 80
  const runs = Math.ceil(1_000_000 / (asked.length * textsPerRun))
  const rules = (pattern: fc.Arbitrary<string>, least: number) =>
    fc.array(
      fc.record({
        permission: fc.constantFrom(...permissions),
        pattern,
        action: fc.constantFrom("allow" as const, "ask" as const, "deny" as const),
      }),
      { minLength: least, maxLength: 6 },
    )

  /** What each list says to each call; a pattern is compiled once for all of them. */
  const judges = (lists: readonly (readonly Rule[])[], texts: readonly string[]) => {
    const rows = new Map<string, readonly boolean[]>()
    const row = (pattern: string) => {
      const known = rows.get(pattern)
      if (known) return known
      const made = [...asked, ...texts].map((text) => matchesWildcard(text, pattern))
      rows.set(pattern, made)
      return made
    }
    return lists.map((list) => {
      const compiled = list.map((each) => ({
        action: each.action,
        permission: row(each.permission),
        pattern: row(each.pattern),
      }))
      return (permission: number, text: number) =>
        compiled.findLast(
          (each) => each.permission[permission] && each.pattern[asked.length + text],
        )?.action ?? "ask"
    })
  }

  const judgeAll = (lead: Rule[], member: Rule[], seed: number, isExact: boolean) => {
    const bounds = boundByLead(lead, member)
    const patterns = [...lead, ...member].map((each) => each.pattern)
    const texts = textsOf(["*", ...patterns], seed, textsPerRun)
    const [ofLead, own, got] = judges([lead, member, [...member, ...bounds]], texts)
    for (let permission = 0; permission < asked.length; permission++)
      for (let text = 0; text < texts.length; text++) {
        const least = Math.max(
          strictness[ofLead!(permission, text)],
          strictness[own!(permission, text)],
        )
        const is = strictness[got!(permission, text)]
        if (isExact ? is !== least : is < least)
          throw new Error(
            `${asked[permission]} ${JSON.stringify(texts[text])} is ${got!(permission, text)}, by ${JSON.stringify(bounds)}`,
          )
      }
  }

  test(
    "a member never may more than its lead, nor more than its agent",
    () => {
      const odd = rules(oddPattern, 1)
      holds(
        fc.property(odd, rules(oddPattern, 0), fc.nat(), (lead, member, seed) =>
          judgeAll(lead, member, seed, false),
        ),
        runs,
      )
    },
    patience,
  )

  test(
    "it may exactly what both may, by rules as people write them",
    () => {
      const ordinary = fc.constantFrom(...ordinaryPatterns)
      holds(
        fc.property(rules(ordinary, 1), rules(ordinary, 0), fc.nat(), (lead, member, seed) =>
          judgeAll(lead, member, seed, true),
        ),
        runs / 4,
      )
    },
    patience,
  )
})

test("a sub-agent has neither task nor a list of its own, unless its permissions speak of them", () => {
  const permission = ["* * allow", "edit * deny"].map(rule)
  expect(asSubAgent({ mode: "subagent", permission })).toEqual(
    ["task * deny", "todowrite * deny"].map(rule),
  )
  const named = [...permission, rule("task explore allow")]
  expect(asSubAgent({ mode: "all", permission: named })).toEqual([rule("todowrite * deny")])
  expect(asSubAgent({ mode: "primary", permission })).toEqual([])
})

test("what a member's own rules deny whole is denied whole after bounds on parts of it", () => {
  const own = ["* * allow", "edit * deny", "bash * deny", "bash git* allow"].map(rule)
  expect(deniedWhole(own, ["edit .opencode/* deny", "bash rm* deny"].map(rule))).toEqual([
    rule("edit * deny"),
  ])
  expect(deniedWhole(own, ["edit * deny", "read x deny"].map(rule))).toEqual([])
})
