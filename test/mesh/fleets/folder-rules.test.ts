import { expect, test } from "bun:test"
import { judgeFolder } from "../../../plugin/mesh/fleets/folder-rules.ts"
import type { Rule } from "../../../plugin/mesh/model/permission-rules.ts"

const rule = (action: Rule["action"], pattern = "*", permission = "external_directory") => ({
  permission,
  pattern,
  action,
})
const judge = (...rules: Rule[]) => judgeFolder(rules, "/data/in")

test("a folder is asked about where no rule speaks of it", () => {
  const asked = { action: "ask" as const, patterns: ["/data/in/*"] }
  expect(judge()).toEqual(asked)
  expect(judge(rule("allow", "*", "bash"), rule("deny", "/elsewhere/*"))).toEqual(asked)
  expect(judge(rule("deny", "/data/in"))).toEqual(asked)
})

test("of the rules for all of it the last one counts, whatever permission it names", () => {
  expect(judge(rule("deny"), rule("allow", "/data/*")).action).toBe("allow")
  expect(judge(rule("allow", "/data/*"), rule("deny", "*", "*")).action).toBe("deny")
  expect(judge(rule("allow", "*", "*"), rule("deny", "*", "external_*")).action).toBe("deny")
})

test("what is denied or asked about somewhere inside is so for the whole", () => {
  expect(judge(rule("allow"), rule("deny", "/data/in/secret/*")).action).toBe("deny")
  expect(judge(rule("allow"), rule("deny", "*/secret/*")).action).toBe("deny")
  expect(judge(rule("deny"), rule("allow", "/data/in/open/*")).action).toBe("deny")
  expect(judge(rule("deny", "/data/in/secret/*"), rule("allow")).action).toBe("allow")
  expect(judge(rule("allow"), rule("deny", "/data/info/*")).action).toBe("allow")
})

test("OpenCode is asked with the patterns that it asks about", () => {
  expect(judge(rule("allow"), rule("ask", "/data/in/x/*"))).toEqual({
    action: "ask",
    patterns: ["/data/in/*", "/data/in/x/*"],
  })
})
