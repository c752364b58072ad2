import { expect, test } from "bun:test"
import { filledLength, fillText, variablesIn } from "../../../plugin/mesh/templates/variables.ts"

const fill = (text: string, values: Record<string, string> = {}) =>
  fillText(text, (name) => values[name] ?? `<${name}>`)

test("variables are told once each, in the order in which they first stand there", () => {
  expect(variablesIn(["{{b}} and {{ a }}, {{b}}", "{{c-1}}{{A_b}}"])).toEqual([
    "b",
    "a",
    "c-1",
    "A_b",
  ])
})

test.each([
  ["{{a}}{{ a }}{{\ta}}", "<a><a><a>"],
  ["a {{{a}}} b", "a {<a>} b"],
  ["a\\{{a}} {{b}}", "a{{a}} <b>"],
])("%p is filled", (text, filled) => {
  expect(fill(text)).toBe(filled)
})

test.each([
  "${{ secrets }}",
  "{{ github.ref }}",
  "{{#if a}}",
  "style={{}}",
  "{{1a}}",
  "{{a b}}",
  "{{\na}}",
  `{{${"a".repeat(41)}}}`,
])("%p is no variable, and stays", (text) => {
  expect(variablesIn([text])).toEqual([])
  expect(fill(text)).toBe(text)
})

test("a value is no text to be filled, whatever stands in it", () => {
  expect(fill("{{a}} {{b}}", { a: "{{b}} $& \\{{b}}", b: "x" })).toBe("{{b}} $& \\{{b}} x")
})

test.each(["{{a}} \\{{a}} {{{b}}}", "${{a}}", "x", ""])(
  "how long %p becomes is known before it is filled",
  (text) => {
    expect(filledLength(text, (name) => `<${name}>`)).toBe(fill(text).length)
  },
)
