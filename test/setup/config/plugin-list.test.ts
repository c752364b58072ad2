import { describe, expect, test } from "bun:test"
import * as fc from "fast-check"
import { parse } from "jsonc-parser"
import {
  readPluginList,
  UnusableConfig,
  withoutPlugin,
  withPlugin,
} from "../../../plugin/setup/config/plugin-list.ts"
import { holds, patience } from "../../support/properties.ts"

const schema = "https://opencode.ai/config.json"
const isOurs = (spec: string) => spec.startsWith("mf")
const add = (text: string, spec = "mf") => withPlugin(text, spec, isOurs, schema)
const take = (text: string, wholeKey = false) => withoutPlugin(text, isOurs, { wholeKey })
const read = (text: string): unknown => parse(text, [], { allowTrailingComma: true })

/** A text before, after, and whether the key goes with the entry. */
const cases: Record<string, [before: string, after: string, wholeKey?: boolean]> = {
  "an empty list": ['{ "plugin": [] }', '{ "plugin": ["mf"] }'],
  "a list in one line": ['{ "plugin": ["a", "b"] }', '{ "plugin": ["a", "b", "mf"] }'],
  "a list of lines": [
    '{\n  "plugin": [\n    "a",\n    "b"\n  ],\n  "model": "x/y"\n}\n',
    '{\n  "plugin": [\n    "a",\n    "b",\n    "mf"\n  ],\n  "model": "x/y"\n}\n',
  ],
  "a list of lines with a trailing comma": [
    '{\n\t"plugin": [\n\t\t"a", // the first\n\t],\n}\n',
    '{\n\t"plugin": [\n\t\t"a", // the first\n\t\t"mf",\n\t],\n}\n',
  ],
  "a list whose last line has a comment": [
    '{\n  "plugin": [\n    "a" // the first\n  ]\n}\n',
    '{\n  "plugin": [\n    "a", // the first\n    "mf"\n  ]\n}\n',
  ],
  "no list, in one line": ['{"model": "x/y"}', '{"model": "x/y", "plugin": ["mf"]}', true],
  "no list, in lines that end as in Windows": [
    '{\r\n    "model": "x/y" // mine\r\n}\r\n',
    '{\r\n    "model": "x/y", // mine\r\n    "plugin": ["mf"]\r\n}\r\n',
    true,
  ],
  "no list, and a trailing comma": [
    '{\n  "model": "x/y",\n  // the end\n}\n',
    '{\n  "model": "x/y",\n  "plugin": ["mf"],\n  // the end\n}\n',
    true,
  ],
  "an object of comments": ["{\n  // nothing\n}", '{\n  "plugin": ["mf"]\n  // nothing\n}', true],
  "a byte order mark": ['\uFEFF{ "plugin": ["a"] }', '\uFEFF{ "plugin": ["a", "mf"] }'],
  "options of other plugins": [
    '{ "plugin": [["a", { "b": [1] }]] }',
    '{ "plugin": [["a", { "b": [1] }], "mf"] }',
  ],
}

describe("an entry is added to, and taken out of", () => {
  for (const [name, [before, after, wholeKey]] of Object.entries(cases))
    test(name, () => {
      expect(add(before)).toBe(after)
      expect(add(after)).toBe(after)
      expect(take(after, wholeKey)).toBe(before)
    })
})

test("an empty file becomes a configuration", () => {
  expect(add("")).toBe(`{\n  "$schema": "${schema}",\n  "plugin": ["mf"]\n}\n`)
  expect(take("")).toBe("")
})

test("another version takes an entry's place and keeps its options", () => {
  expect(add('{"plugin": [["mf@1", {"tools": "all"}], "a", "mf@2"]}', "mf@3")).toBe(
    '{"plugin": [["mf@3", {"tools": "all"}], "a"]}',
  )
})

test("an entry of ours between others goes alone", () => {
  expect(take('{"plugin": ["mf", "a", ["mf@2", {}], "b"]}')).toBe('{"plugin": ["a", "b"]}')
  expect(take('{"plugin": [\n  "a", // mine\n  "mf", "b"]}')).toBe(
    '{"plugin": [\n  "a", // mine\n   "b"]}',
  )
  expect(take('{"plugin": ["mf"]}')).toBe('{"plugin": []}')
})

test("what OpenCode would not take is told with its place", () => {
  const why = (text: string) => {
    try {
      return readPluginList(text)
    } catch (error) {
      return [error instanceof UnusableConfig, (error as Error).message]
    }
  }
  expect(why('{\n  "a": 1\n  "b": 2\n}')).toEqual([
    true,
    "is not valid JSON: CommaExpected in line 3, column 3",
  ])
  expect(why("[]")).toEqual([true, "is no JSON object"])
  expect(why('{"plugin": "a"}')).toEqual([true, 'has a "plugin" that is no list'])
  expect(why("{}")).toEqual({ entries: undefined })
  expect(why('{"plugin": ["x"], "plugin": ["a", 3, ["b", {}]]}')).toEqual({
    entries: [
      { spec: "a", index: 0 },
      { spec: "b", index: 2 },
    ],
  })
})

/** Blanks and comments as people leave them between the words of a configuration. */
const gap = fc.constantFrom("", " ", "\n", "\n  ", "\r\n\t", " /* c */ ", " // c\n    ", "\n// c\n")
const comma = fc.tuple(gap, gap).map(([before, after]) => `${before},${after}`)
const series = (item: fc.Arbitrary<string>, least: number) =>
  fc
    .tuple(
      fc.array(fc.tuple(item, comma), { minLength: least, maxLength: 4 }),
      fc.boolean(),
      gap,
      gap,
    )
    .map(([items, isTrailing, before, after]) => {
      const text = items.map(([each, divider]) => each + divider).join("")
      const end = isTrailing ? 0 : (items.at(-1)?.[1].length ?? 0)
      return before + text.slice(0, text.length - end) + after
    })
const list = series(fc.constantFrom('"a"', '"b@1"', '["c", {"d": 1}]'), 0).map(
  (text) => `[${text}]`,
)
const property = fc.constantFrom('"model": "x/y"', '"mcp": {"a": [1, {}]}', '"$schema" :"s"')
const config = fc.oneof(
  series(property, 0).map((text) => ({ text: `{${text}}`, wholeKey: true })),
  fc
    .tuple(list, fc.option(property), fc.option(property), gap, gap)
    .map(([plugins, before, after, left, right]) => ({
      text: `{${left}${before ? `${before}, ` : ""}"plugin":${right}${plugins}${after ? `,${left}${after}` : ""}${right}}`,
      wholeKey: false,
    })),
)

test(
  "whatever the layout, one entry comes, and goes without a trace",
  () => {
    holds(
      fc.property(config, ({ text, wholeKey }) => {
        const added = add(text)
        const before = read(text) as { plugin?: unknown[] }
        expect(read(added)).toEqual({ ...before, plugin: [...(before.plugin ?? []), "mf"] })
        expect(add(added)).toBe(added)
        const taken = take(added, wholeKey)
        expect(read(taken)).toEqual(before)
        // An object without anything in it is the one thing that is laid out anew.
        if (Object.keys(before).length > 0) expect(taken).toBe(text)
      }),
      500,
    )
  },
  patience,
)
