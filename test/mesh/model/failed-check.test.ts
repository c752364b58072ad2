import { expect, test } from "bun:test"
import { lastFailedCheck } from "../../../plugin/mesh/model/failed-check.ts"

const run = (command: string, exit: number, output = "") => ({ command, exit, output })

test("the last check that failed is told, with the end of what it printed", () => {
  const output = `${"x".repeat(1000)}\n${"a test\n".repeat(60)}2 failed\n`
  const failed = lastFailedCheck([run("npm run lint", 1), run("npm test", 1, output), run("ls", 0)])
  expect(failed).toMatchObject({ command: "npm test", exit: 1 })
  expect(failed?.output).toEndWith("2 failed")
  expect(failed?.output).toStartWith("a test\n")
  expect(failed?.output.length).toBeLessThanOrEqual(600)
})

test("what it printed has no colours", () => {
  const failed = lastFailedCheck([run("npm test", 1, "\u001b[31mFAIL\u001b[39m match\n")])
  expect(failed?.output).toBe("FAIL match")
})

test("one that passed when it was run again has not failed", () => {
  expect(lastFailedCheck([run("npm test", 1), run("npm test", 0)])).toBeUndefined()
  expect(
    lastFailedCheck([run("npm test", 1), run("tsc --noEmit", 2), run("tsc --noEmit", 0)])?.command,
  ).toBe("npm test")
})

test("one whose checks passed later in other company has not failed", () => {
  const failed = run("git status --short && npm test 2>&1 | tail -5", 1)
  expect(lastFailedCheck([failed, run("npm test", 0)])).toBeUndefined()
  expect(lastFailedCheck([failed, run("cd src; npm test && ls", 0)])).toBeUndefined()
  expect(lastFailedCheck([failed, run("npm run lint", 0)])?.command).toBe("npm test")
  const colourless = run("FORCE_COLOR=0 NO_COLOR=1 npm test", 1)
  expect(lastFailedCheck([colourless, run("npm test", 0)])).toBeUndefined()
  const both = run("npm test && npm run lint", 1)
  expect(lastFailedCheck([both, run("npm test", 0)])?.command).toBe(both.command)
})

test("one that was only called wrongly has not failed, and tests of another file mend nothing", () => {
  const mistyped = run('npx tsc --noEmit --types "" index.d.ts', 1)
  expect(lastFailedCheck([mistyped, run("npx --no -- tsc -p .", 0)])).toBeUndefined()
  expect(lastFailedCheck([run("npm test -- a.js", 1), run("npm test", 0)])).toBeUndefined()
  expect(lastFailedCheck([run("npm test -- a.js", 1), run("npm test -- b.js", 0)])).toBeDefined()
  expect(lastFailedCheck([run("npm test", 1), run("npm test -- b.js", 0)])).toBeDefined()
})

test("it is told without what was done around it", () => {
  const line = "rm -rf old && mkdir old && node_modules/.bin/uvu old && ls"
  expect(lastFailedCheck([run(line, 1)])?.command).toBe("node_modules/.bin/uvu old")
})

test("a command that is no check may fail", () => {
  expect(
    lastFailedCheck([run("grep -rn foo src", 1), run("rg attest", 1), run("ls contests", 2)]),
  ).toBeUndefined()
  const looking = [
    "ls node_modules/.bin; find . -name tsc; which tsc",
    "test -f build",
    "cat test/a",
  ]
  for (const command of looking) expect(lastFailedCheck([run(command, 1)])).toBeUndefined()
  expect(lastFailedCheck([run("cd app && make", 2)])?.exit).toBe(2)
  // The exit code is that of the look-up.
  expect(lastFailedCheck([run("git diff; npm test; command -v tsc", 1)])).toBeUndefined()
  expect(lastFailedCheck([run("git diff\nnpm test\n", 1)])?.exit).toBe(1)
  expect(lastFailedCheck([])).toBeUndefined()
})
