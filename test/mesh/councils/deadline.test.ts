import { expect, test } from "bun:test"
import { parseDeadline } from "../../../plugin/mesh/councils/deadline.ts"
import { expectFailure } from "../support/errors.ts"

const now = Date.UTC(2026, 0, 1)

test.each([
  ["PT10M", 600_000],
  ["PT1H30M", 5_400_000],
  ["P1DT1S", 86_401_000],
  ["P365D", 365 * 86_400_000],
  ["2026-01-01T00:00:01Z", 1000],
  ["2026-01-01T00:00:00.001Z", 1],
  ["2026-01-01T01:00Z", 3_600_000],
  ["2026-01-01T01:00:00+01:00", 0],
  ["2026-02-28T23:59:59Z", 59 * 86_400_000 - 1000],
])("%s is %d ms from now", (text, ms) => {
  if (ms > 0) expect(parseDeadline(text, now) - now).toBe(ms)
  else expect(() => parseDeadline(text, now)).toThrow("not in the future")
})

test.each([
  "",
  "P",
  "PT",
  "PT1.5H",
  "P1M",
  "-PT1H",
  "10",
  "2026-02-29T00:00:00Z",
  "2026-13-01T00:00Z",
])("%p is neither an instant nor a duration", async (text) => {
  await expectFailure(() => parseDeadline(text, now), "INVALID_ARGUMENT", "deadline", text)
})

test("the 29th of February is a day where the year has one", () => {
  const leap = Date.UTC(2028, 0, 1)
  expect(parseDeadline("2028-02-29T00:00:00Z", leap) - leap).toBe(59 * 86_400_000)
})
