import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import { parseCheck } from "../../../plugin/mesh/tasks/check-command.ts"
import { holds } from "../../support/properties.ts"

const words = (command: string) => {
  const parsed = parseCheck(command)
  return "steps" in parsed ? parsed.steps.map(({ words: each }) => each) : parsed.problem
}

describe("an acceptance command", () => {
  test("is programs with arguments, one after the other", () => {
    expect(words("npm test")).toEqual([["npm", "test"]])
    expect(words(`npm run build &&  node --test 'a b' x"y z"='q'`)).toEqual([
      ["npm", "run", "build"],
      ["node", "--test", "a b", "xy z=q"],
    ])
    expect(words("env CI=1 npm test")).toEqual([["env", "CI=1", "npm", "test"]])
  })

  test("has the text of each step as it is asked of permissions", () => {
    const parsed = parseCheck("npm test &&  git diff --exit-code")
    expect("steps" in parsed && parsed.steps.map(({ text }) => text)).toEqual([
      "npm test",
      "git diff --exit-code",
    ])
  })

  test("has no shell, so what needs one is refused", () => {
    for (const sign of [";", "|", "&", ">", "<", "$", "`", "(", "*", "!", "\\", "\n", "#", "~"])
      expect(words(`npm test ${sign} x`)).toBeString()
    for (const text of [`echo "$(id)"`, 'echo "`id`"', "npm test &&", "&& x", "", " ", "a 'b"])
      expect(words(text)).toBeString()
    expect(words("x".repeat(501))).toContain("500")
  })

  test("stays in its owner's folder", () => {
    for (const text of [
      "cat /etc/passwd",
      "cat ../secret",
      "cat a/../../b",
      "tool --file=/etc/x",
      "tool --file=../x",
      "cd sub",
      "tool '~/x'",
      "/bin/sh -c id",
      "A=1 npm test",
    ])
      expect(words(text)).toBeString()
    expect(words("node a..b.js x/y ./run.sh")).toEqual([["node", "a..b.js", "x/y", "./run.sh"]])
  })

  test("never has a word with a line break or a step without a program", () => {
    holds(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const parsed = parseCheck(text)
        if (!("steps" in parsed)) return
        for (const step of parsed.steps) {
          expect(step.words.length).toBeGreaterThan(0)
          expect(step.words.join("")).not.toMatch(/[\n$`]/)
        }
      }),
      300,
    )
  })
})
