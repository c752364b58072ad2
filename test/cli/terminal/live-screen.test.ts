import { expect, test } from "bun:test"
import { renderRedraw } from "../../../plugin/cli/terminal/live-screen.ts"

test("a redraw goes up over what was drawn and clears what is left below", () => {
  expect(renderRedraw(0, ["a"])).toBe("\ra\u001b[K\n\u001b[J")
  expect(renderRedraw(3, ["a", "b"])).toBe("\u001b[3A\ra\u001b[K\nb\u001b[K\n\u001b[J")
})
