import { describe, expect, test } from "bun:test"
import { mayRun } from "../../../plugin/mesh/merging/may-run.ts"
import type { Rule } from "../../../plugin/mesh/model/permission-rules.ts"

const rule = (permission: string, pattern: string, action: Rule["action"]): Rule => ({
  permission,
  pattern,
  action,
})
/** OpenCode's defaults. */
const free = [rule("*", "*", "allow"), rule("external_directory", "*", "ask")]
const bounded = [
  ...free,
  rule("bash", "*", "ask"),
  rule("bash", "npm test *", "allow"),
  rule("bash", "rm *", "deny"),
]

describe("a line for the shell", () => {
  test("is judged as a command of one's own", () => {
    expect(mayRun(free, "npm ci && npm test > /dev/null")).toBe("allow")
    expect(mayRun(bounded, "npm test")).toBe("allow")
    expect(mayRun(bounded, "npm test -- --ci")).toBe("allow")
    expect(mayRun(bounded, "make")).toBe("ask")
    expect(mayRun(bounded, "rm -rf .")).toBe("deny")
    expect(mayRun([], "npm test")).toBe("ask")
    expect(mayRun([rule("*", "*", "deny")], "npm test")).toBe("deny")
  })

  test("hides no other command behind an allowed one", () => {
    for (const line of [
      "npm test; rm -rf x",
      "npm test && rm x",
      "npm test | rm x",
      "npm test\nrm x",
      "npm test $(rm x)",
      "npm test `rm x`",
      "(rm x)",
    ])
      expect([line, mayRun(bounded, line)]).toEqual([line, "deny"])
    for (const line of [
      "npm test; make",
      "npm test $RM",
      "npm test > package.json",
      "npm test 'a b'",
    ])
      expect([line, mayRun(bounded, line)]).toEqual([line, "ask"])
  })

  test("reaches out of its tree only where its own tools may", () => {
    for (const line of [
      "cat /etc/hosts",
      "cat ../x",
      "cat a/../../x",
      "cat ~/x",
      "X=/etc/x make",
      "make < '/x'",
    ])
      expect([line, mayRun(free, line)]).toEqual([line, "ask"])
    expect(mayRun([...free, rule("external_directory", "/etc/*", "deny")], "cat /etc/x")).toBe(
      "deny",
    )
    expect(mayRun([rule("*", "*", "allow")], "cat /etc/x")).toBe("allow")
  })
})
