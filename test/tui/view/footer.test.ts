import { expect, test } from "bun:test"
import { widthOf } from "../../../plugin/cli/render/render-text.ts"
import { renderFooter } from "../../../plugin/tui/view/footer.ts"
import { plain } from "../../../plugin/tui/view/line.ts"
import { agent, at, fleet, snapshot } from "./shown.ts"

test("one line says how the fleet stands and who needs somebody, and where to go", () => {
  const silent = agent("maker", { silent_ms: 720_000, activity: null } as object)
  const line = plain(renderFooter(snapshot([fleet([agent("mapper"), silent])]), at, 100))
  expect(line).toStartWith(
    " parser-review  1 stuck · 1 at work · 25k · $0.50  ! maker silent: for 12m",
  )
  expect(line).toEndWith(" /fleets ")
  expect(widthOf(line)).toBe(100)
})

test("nothing is shown when no fleet runs, and nothing is wider than the window", () => {
  const ended = fleet([agent("a", { status: "complete" })], { status: "complete" } as object)
  expect(renderFooter(snapshot([ended]), at, 80)).toEqual([])
  for (const columns of [10, 30, 59, 60])
    expect(
      widthOf(plain(renderFooter(snapshot([fleet([agent("mapper")])]), at, columns))),
    ).toBeLessThanOrEqual(columns)
})
