import { expect, test } from "bun:test"
import { mergeSettings, parseConfigText } from "../../plugin/system/config-text.ts"

test("layers merge as OpenCode merges them: deep, the later one wins, and two lists are joined", () => {
  const base = { plugin: ["a"], instructions: ["x"], agent: { one: { steps: 1, mode: "all" } } }
  const more = { plugin: ["a", "b"], instructions: ["y"], agent: { one: { steps: 2 } }, other: [1] }
  expect(mergeSettings(base, more)).toEqual({
    plugin: ["a", "b"],
    instructions: ["x", "y"],
    agent: { one: { steps: 2, mode: "all" } },
    other: [1],
  })
  expect(mergeSettings({ other: [1, 2] }, { other: [3] })).toEqual({ other: [3] })
})

test("a denial in one word is not lost to a later layer's rules", () => {
  expect(mergeSettings({ permission: "deny" }, { permission: { bash: "allow" } })).toEqual({
    permission: { "*": "deny", bash: "allow" },
  })
})

test("only text that is no valid object is refused", () => {
  const read = (text: string) => parseConfigText({ path: "/a/b.json", directory: "/a", text })
  expect(read('{ "a": 1, // why\n }')).toEqual({ a: 1 })
  for (const text of ["", "[]", "{", "null"])
    expect(() => read(text)).toThrow("/a/b.json is not valid JSON")
})
