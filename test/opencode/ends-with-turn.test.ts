import { expect, test } from "bun:test"
import { endsWithTurn } from "../../plugin/opencode/ends-with-turn.ts"

const started = (...words: string[]) => endsWithTurn(["opencode", "/$bunfs/index.js", ...words])

test("only opencode run ends with its session's turn", () => {
  expect(started("run", "hello")).toBe(true)
  expect(started("--print-logs", "run", "--command", "fleet")).toBe(true)
  expect([started(), started("serve"), started("./run"), started("tui", "run")]).toEqual([
    false,
    false,
    false,
    false,
  ])
})
