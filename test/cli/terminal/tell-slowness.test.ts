import { afterEach, beforeEach, expect, jest, test } from "bun:test"
import { tellSlowness } from "../../../plugin/cli/terminal/tell-slowness.ts"
import { createRecordingTerminal } from "../support/recording-terminal.ts"

let told: string[]
const start = () => {
  const { terminal, out } = createRecordingTerminal()
  const slow = tellSlowness({ ...terminal, progress: (text) => void told.push(text) }, "route")
  return { ...slow, out }
}
beforeEach(() => {
  told = []
  jest.useFakeTimers()
})
afterEach(() => void jest.useRealTimers())

test("what takes more than a second says so, and takes it back before the answer", () => {
  const { terminal, out, end } = start()
  jest.advanceTimersByTime(900)
  expect(told).toEqual([])
  jest.advanceTimersByTime(200)
  expect(told).toEqual([expect.stringMatching(/^route: \d+s$/)])
  terminal.write("here")
  expect(told.at(-1)).toBe("")
  expect(out()).toBe("here")
  jest.advanceTimersByTime(5000)
  expect(told).toHaveLength(2)
  end()
  expect(told).toHaveLength(2)
})

test("a command that is quick, or that tells itself, is left alone", () => {
  const { terminal, end } = start()
  terminal.progress("reading the session")
  jest.advanceTimersByTime(5000)
  end()
  expect(told).toEqual(["reading the session"])
})
