import { describe, expect, test } from "bun:test"
import { cutTo, oneLine, plainText, widthOf } from "../../../plugin/cli/render/render-text.ts"

describe("text of agents", () => {
  test("cannot color, move or retitle the terminal, nor turn the reading direction", () => {
    const hostile =
      "\u001b[31mred\u001b[0m \u001b]0;title\u0007\u001b[2J\rover\u0008 \u202eback\u0085 \u0000end"
    expect(oneLine(hostile)).toBe("red over back end")
    expect(plainText("a\u001b[1m\r\nb\tc\u0007\rd")).toBe("a\nb\tc\nd")
  })

  test("is measured in columns, and cut where it would not fit", () => {
    expect(["abc", "日本", "é", "e\u0301", "🚀"].map(widthOf)).toEqual([3, 4, 1, 1, 2])
    expect(cutTo("abcdef", 6)).toBe("abcdef")
    expect(cutTo("abcdef", 5)).toBe("abcd…")
    expect(cutTo("日本語", 5)).toBe("日本…")
    expect(cutTo("日本語", 4)).toBe("日…")
  })
})
