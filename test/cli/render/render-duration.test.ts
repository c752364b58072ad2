import { expect, test } from "bun:test"
import { renderDuration } from "../../../plugin/cli/render/render-duration.ts"

const second = 1000
const minute = 60 * second
const hour = 60 * minute

test("durations are short at every length", () => {
  const lengths = [
    -5,
    0,
    449,
    9_999,
    10_000,
    59_999,
    185_000,
    59 * minute,
    2 * hour + 7 * minute,
    99 * hour,
  ]
  expect(lengths.map(renderDuration)).toEqual([
    "0s",
    "0.0s",
    "0.4s",
    "9.9s",
    "10s",
    "59s",
    "3m 05s",
    "59m 00s",
    "2h 07m",
    "4d 3h",
  ])
})
