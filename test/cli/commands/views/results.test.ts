import { afterEach, beforeEach, expect, test } from "bun:test"
import { createShell, type Shell } from "../../support/shell.ts"

let shell: Shell
beforeEach(async () => void (shell = await createShell()))
afterEach(() => shell.end())

test("shows what agents answered, said so far, or why they failed", async () => {
  await shell.given("flt_1", ["mapper", "maker", "idle"])
  await shell.complete("mapper-1", 5000)
  await shell.set("mapper-1", { output: "line one\nline two", tokens: 1234 })
  await shell.set("maker-1", {
    status: "failed",
    partial: "half",
    error_code: "TIMEOUT",
    error_detail: "60 s",
  })
  const { out } = await shell.run(["results", "shop"])
  expect(out.split("\n").slice(0, 11)).toEqual([
    "flt_1  shop: running, 1 of 3 complete",
    "",
    "mapper  complete  mapper  5.0s · 1,234 tokens",
    "  line one",
    "  line two",
    "",
    "maker  failed  maker  0.0s",
    "  TIMEOUT: 60 s",
    "  so far:",
    "  half",
    "",
  ])
  const { results } = JSON.parse((await shell.run(["results", "shop", "mapper", "--json"])).out)
  expect(results).toMatchObject([{ name: "mapper", output: "line one\nline two", partial: false }])
})
