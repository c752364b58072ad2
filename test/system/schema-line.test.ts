import { describe, expect, test } from "bun:test"
import { addsOnlySchema, configPathOf } from "../../plugin/system/schema-line.ts"

test("only a modified configuration of OpenCode's may hold nothing but its own line", () => {
  expect(
    [" M opencode.json", " M web/opencode.jsonc", " M .opencode/config.json"].map(configPathOf),
  ).toEqual(["opencode.json", "web/opencode.jsonc", ".opencode/config.json"])
  for (const entry of ["?? opencode.json", "M  opencode.json", " D opencode.json", " M my.json"])
    expect(configPathOf(entry)).toBeUndefined()
})

describe("a configuration", () => {
  const schema = '"$schema": "https://opencode.ai/config.json"'

  test("with OpenCode's line and other spacing is nobody's work", () => {
    expect(addsOnlySchema('{"model":"a"}', `{\n  ${schema},\n  "model": "a"\n}\n`)).toBe(true)
    expect(addsOnlySchema("{}", `{${schema}}`)).toBe(true)
  })

  test("with anything else, or a line that was there before, is work", () => {
    expect(addsOnlySchema('{"model":"a"}', `{${schema},"model":"b"}`)).toBe(false)
    expect(addsOnlySchema("{}", '{"$schema": "https://example.org/x.json"}')).toBe(false)
    expect(addsOnlySchema(`{${schema}}`, "{}")).toBe(false)
  })
})
