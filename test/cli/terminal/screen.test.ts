import { expect, test } from "bun:test"
import { span } from "../../../plugin/cli/render/styled.ts"
import type { Key } from "../../../plugin/cli/terminal/keys.ts"
import { createFakeScreen } from "../support/fake-screen.ts"

test("only lines that changed are sent, all at once", () => {
  const { screen, take } = createFakeScreen()
  screen.draw(["a", "b", "c"])
  take()
  screen.draw(["a", "B", "c"])
  expect(take()).toBe("\u001b[?2026h\u001b[2;1H\u001b[2KB\u001b[?2026l")
  screen.draw(["a", "B", "c"])
  expect(take()).toBe("")
  screen.draw(["a"])
  expect(take()).toBe("\u001b[?2026h\u001b[2;1H\u001b[J\u001b[?2026l")
})

test("it takes the alternate screen and gives it back, once", () => {
  const { screen, out, take, isListening } = createFakeScreen()
  expect(out()).toContain("\u001b[?1049h")
  expect(isListening()).toBe(true)
  take()
  screen.close()
  screen.close()
  expect(take().match(/1049l/g)).toHaveLength(1)
  expect(isListening()).toBe(false)
  screen.draw(["late"])
  expect(take()).toBe("")
})

test("after a resize everything is drawn anew", () => {
  const { screen, take, resize } = createFakeScreen()
  let resized = 0
  screen.onResize(() => resized++)
  screen.draw(["a", "b"])
  take()
  resize(40, 1)
  screen.draw(["a", "b"])
  expect(take()).toBe("\u001b[2J\u001b[?2026h\u001b[1;1H\u001b[2Ka\u001b[?2026l")
  expect(resized).toBe(1)
})

test("without colours emphasis is left, and with them each span has its own", () => {
  const line = [span("up ", "inverse", "red"), span("down", "green")]
  const plain = createFakeScreen()
  plain.screen.draw([line])
  expect(plain.out()).toContain("\u001b[7mup \u001b[0mdown")
  const coloured = createFakeScreen({ isColoured: true })
  coloured.screen.draw([line])
  expect(coloured.out()).toContain("\u001b[7;31mup \u001b[0m\u001b[32mdown\u001b[0m")
})

test("keys are told by name, text as it is, and a paste as one text", () => {
  const { screen, type } = createFakeScreen()
  const keys: Key[] = []
  screen.onKey((key) => keys.push(key))
  type("\u001b[A\u001bOB\u001b[5~q日\r\u007f\u001b")
  type("\u001b[200~y\ry")
  type("es\u001b[201~x\u0001\u001b[1;5P")
  expect(keys).toEqual([
    { name: "up" },
    { name: "down" },
    { name: "page_up" },
    { text: "q" },
    { text: "日" },
    { name: "enter" },
    { name: "backspace" },
    { name: "escape" },
    { text: "y\ryes", isPasted: true },
    { text: "x" },
  ])
})
