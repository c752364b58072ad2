import { expect, test } from "bun:test"
import type { Key } from "../../../plugin/cli/terminal/keys.ts"
import {
  firstState,
  press,
  type Shown,
  type WatchState,
} from "../../../plugin/cli/watch/watch-state.ts"

const permission = {
  question_id: "ask_1",
  fleet_id: "flt_1",
  agent_id: "b",
  agent: "b",
  kind: "permission" as const,
  wanted: "bash git push",
  request: { permission: "bash", patterns: ["git push"], always: [], metadata: {} },
  asked_at: "2026-01-01T00:00:00.000Z",
  deadline_at: "2026-01-01T00:15:00.000Z",
} as unknown as Shown["questions"][number]
const choice = {
  ...permission,
  question_id: "ask_2",
  agent_id: "c",
  kind: "question",
  request: { questions: [{ question: "Which?", options: [{ label: "Postgres" }] }] },
} as unknown as Shown["questions"][number]

const shown: Shown = { agents: ["a", "b", "c"], questions: [permission, choice], pageLines: 2 }

const pressAll = (keys: readonly (string | Key)[], from: Partial<WatchState> = {}) => {
  let state: WatchState = { ...firstState, ...from }
  let act
  for (const key of keys) {
    const step = press(state, typeof key === "string" ? { text: key } : key, shown)
    state = step.state
    act = step.act
  }
  return { state, act }
}
const [up, down, enter, escape] = (["up", "down", "enter", "escape"] as const).map((name) => ({
  name,
}))

test("up and down choose an agent and stop at the ends", () => {
  expect(pressAll([down!, down!, down!, down!]).state.selected).toBe("c")
  expect(pressAll(["j", "j", "k", up!, up!]).state.selected).toBe("a")
  expect(pressAll([{ name: "end" }]).state.selected).toBe("c")
})

test("Enter steps into the agent, up scrolls its page, and q or Esc lead back", () => {
  const inside = pressAll([down!, enter!, up!, { name: "page_up" }]).state
  expect(inside).toMatchObject({ page: "agent", selected: "b", scroll: 3 })
  expect(pressAll([down!], inside).state.scroll).toBe(2)
  expect(pressAll(["q"], inside)).toMatchObject({ state: { page: "agents", selected: "b" } })
  expect(pressAll([escape!], inside).act).toBeUndefined()
})

test("q leaves from the list only", () => {
  expect(pressAll(["q"]).act).toEqual({ kind: "quit" })
  expect(pressAll(["?", "q"])).toMatchObject({ state: { page: "agents" }, act: undefined })
})

test("b asks for the browser, from every page", () => {
  for (const keys of [["b"], [enter!, "b"], ["?", "b"]])
    expect(pressAll(keys).act).toEqual({ kind: "browse" })
  expect(pressAll(["m", "b"])).toMatchObject({ act: undefined, state: { asking: { text: "b" } } })
})

test("s stops the chosen agent once y confirms it, and nothing else does", () => {
  expect(pressAll([down!, "s", "y"]).act).toEqual({ kind: "stop", agentId: "b" })
  for (const other of ["n", enter!, escape!, "s", { text: "y", isPasted: true as const }])
    expect(pressAll([down!, "s", other])).toMatchObject({
      act: undefined,
      state: { asking: undefined },
    })
})

test("m sends what was typed, not less and not nothing", () => {
  expect(pressAll(["m", "h", "q", "日", { name: "backspace" }, "!", enter!]).act).toEqual({
    kind: "message",
    agentId: "a",
    text: "hq!",
  })
  expect(pressAll(["m", enter!]).act).toBeUndefined()
  expect(pressAll(["m", "h", escape!])).toMatchObject({
    act: undefined,
    state: { asking: undefined },
  })
  expect(pressAll(["m", { text: "two\nlines", isPasted: true }, enter!]).act).toMatchObject({
    text: "two\nlines",
  })
})

test("a answers the agent's own question, or the oldest one", () => {
  expect(pressAll(["a", "o", enter!]).act).toEqual({
    kind: "answer",
    questionId: "ask_1",
    words: ["once"],
  })
  const other = { selected: "c" }
  expect(pressAll(["a", "1", enter!], other).act).toMatchObject({
    questionId: "ask_2",
    words: ["1"],
  })
  expect(pressAll(["a", { text: "Postgres", isPasted: true }, enter!], other).act).toMatchObject({
    words: ["Postgres"],
  })
  expect(pressAll(["a", { text: "as you like", isPasted: true }, enter!], other).act).toMatchObject(
    {
      text: "as you like",
    },
  )
  const none = press(firstState, { text: "a" }, { ...shown, questions: [] })
  expect(none.state).toMatchObject({ asking: undefined, note: "No question is open." })
})

test("a paste on the list presses no key", () => {
  expect(pressAll([{ text: "sy", isPasted: true }])).toEqual({ state: firstState, act: undefined })
})
