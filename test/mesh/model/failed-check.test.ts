import { expect, test } from "bun:test"
import { lastFailedCheck } from "../../../plugin/mesh/model/failed-check.ts"

const run = (command: string, exit: number, output = "") => ({ command, exit, output })

test("the last check that failed is told, with the end of what it printed", () => {
  const output = `${"x".repeat(1000)}\n2 failed\n`
  const failed = lastFailedCheck([run("npm run lint", 1), run("npm test", 1, output), run("ls", 0)])
  expect(failed).toMatchObject({ command: "npm test", exit: 1 })
  expect(failed?.output).toEndWith("2 failed")
  expect(failed?.output).toHaveLength(600)
})

test("one that passed when it was run again has not failed", () => {
  expect(lastFailedCheck([run("npm test", 1), run("npm test", 0)])).toBeUndefined()
  expect(
    lastFailedCheck([run("npm test", 1), run("tsc --noEmit", 2), run("tsc --noEmit", 0)])?.command,
  ).toBe("npm test")
})

test("a command that is no check may fail", () => {
  expect(
    lastFailedCheck([run("grep -rn foo src", 1), run("rg attest", 1), run("ls contests", 2)]),
  ).toBeUndefined()
  expect(lastFailedCheck([])).toBeUndefined()
})
