import { expect, test } from "bun:test"
import { partOfText } from "../../../plugin/mesh/model/long-text.ts"

test("what is short enough is whole", () => {
  expect(partOfText("short", 0, 5)).toEqual({ text: "short" })
  expect(partOfText("", 0, 5)).toEqual({ text: "" })
})

test.each(["x", "é", "船", "👩‍🚀"])(
  "parts of %p joined are the text, none longer than asked",
  (unit) => {
    const text = unit.repeat(500)
    let whole = ""
    for (let at: number | undefined = 0; at !== undefined;) {
      const part = partOfText(text, at, 100)
      expect(Buffer.byteLength(part.text)).toBeLessThanOrEqual(100)
      expect(part.text.isWellFormed()).toBe(true)
      whole += part.text
      at = part.next
    }
    expect(whole).toBe(text)
  },
)

test("an offset beyond the end has nothing", () => {
  expect(partOfText("abc", 7, 5)).toEqual({ text: "" })
})
