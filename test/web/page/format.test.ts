import { expect, test } from "bun:test"
import { count, duration, head, line, money, visible } from "../../../plugin/web/page/format.ts"
import { nasty } from "../support/stories.ts"

test.each([
  [0, "0 s"],
  [59_400, "59 s"],
  [60_000, "1 min"],
  [3_900_000, "1 h 05"],
  [300_000_000, "3 d"],
])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text))

test.each([
  [0, "0"],
  [999, "999"],
  [1000, "1k"],
  [1234, "1.2k"],
  [45_600, "46k"],
  [999_600, "1M"],
  [3_400_000, "3.4M"],
])("%d is %s", (n, text) => expect(count(n)).toBe(text))

test("money says when it is not known", () => {
  expect([money(null), money(0), money(0.004), money(1.5)]).toEqual(["–", "$0", "<$0.01", "$1.50"])
})

test("what steers a terminal, or turns a text around, is shown and does nothing", () => {
  expect(visible("\u001b[31mred\u0007\u0000\u007f\u009b\r\n\ttab")).toBe(
    "␛[31mred␇␀␡⟨U+009B⟩\n\ttab",
  )
  expect(visible(nasty.turned)).toStartWith("abc ⟨U+202E⟩gnp.exe⟨U+202C⟩ ⟨U+2067⟩")
  expect(visible(nasty.emoji)).toBe(nasty.emoji)
  expect(visible(nasty.markup)).toBe(nasty.markup)
  expect(line(" a\n\tb  c ")).toBe("a b c")
})

test("a text is cut between characters", () => {
  expect(head("ab👍", 3)).toBe("ab")
  expect(head("ab👍", 4)).toBe("ab👍")
})
