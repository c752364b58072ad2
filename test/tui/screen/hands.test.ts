import { expect, test } from "bun:test"
import { EventEmitter } from "node:events"
import { createHands } from "../../../plugin/tui/screen/hands.ts"

test("what no key or click came before is nobody's doing", () => {
  let at = 0
  const keyInput = new EventEmitter()
  const hands = createHands({ keyInput } as never, () => at)
  expect(hands.wereUsed()).toBe(false)
  keyInput.emit("keypress", {})
  expect(hands.wereUsed()).toBe(true)
  at = 1000
  expect(hands.wereUsed()).toBe(false)
  hands.use()
  expect(hands.wereUsed()).toBe(true)
  hands.close()
  expect(keyInput.listenerCount("keypress")).toBe(0)
})
