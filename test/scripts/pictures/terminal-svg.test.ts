import { describe, expect, test } from "bun:test"
import { readScreen } from "../../../scripts/pictures/screen-text.ts"
import { renderTerminal } from "../../../scripts/pictures/terminal-svg.ts"

const esc = "\u001b["

describe("a captured screen", () => {
  test("is read with its colors, which hold until they are changed", () => {
    expect(
      readScreen(
        `plain ${esc}1;31mred\n${esc}22mstill${esc}0m done ${esc}38;2;1;2;255mexact${esc}48;5;196mon red\n`,
      ),
    ).toEqual([
      [
        { text: "plain ", at: 0, width: 6 },
        { text: "red", at: 6, width: 3, color: "#cd3131", isBold: true },
      ],
      [
        { text: "still", at: 0, width: 5, color: "#cd3131" },
        { text: " done ", at: 5, width: 6 },
        { text: "exact", at: 11, width: 5, color: "#0102ff" },
        { text: "on red", at: 16, width: 6, color: "#0102ff", background: "#ff0000" },
      ],
    ])
  })

  test("counts columns, not characters", () => {
    expect(readScreen(`日本${esc}32m!`)[0]).toMatchObject([
      { text: "日本", at: 0, width: 4 },
      { text: "!", at: 4, width: 1 },
    ])
  })
})

describe("a picture of a terminal", () => {
  const size = { columns: 20, rows: 2, title: 'a "title"' }
  const film = [
    { at: 0, captured: "same\none" },
    { at: 1000, captured: "same\ntwo" },
    { at: 60_000, captured: "same\none" },
  ]

  test("is one that stands still when there is one, and what it says is text", () => {
    const svg = renderTerminal([{ at: 0, captured: "<script>&" }], size)
    expect(svg).toContain("&lt;script&gt;&amp;")
    expect(svg).toContain("<title>a &quot;title&quot;</title>")
    expect(svg).not.toContain("@keyframes")
    expect(svg).not.toContain("<script")
  })

  test("is a film otherwise, without waits, that draws each row once", () => {
    const svg = renderTerminal(film, size)
    expect(svg.match(/<g id="r\d+">/g)).toHaveLength(3)
    expect(svg.match(/<use /g)).toHaveLength(6)
    // One second, at most two and a half, and five to read the last.
    expect(svg).toContain("animation:k0 8.5s step-end infinite")
    expect(svg).toContain("@keyframes k1{0%{visibility:hidden}11.76%{visibility:visible}41.18%{")
    expect(svg).toContain("100%{visibility:visible}")
  })
})
