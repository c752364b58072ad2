import type { OpenQuestion } from "../../mesh/questions/questions.ts"
import type { Key } from "../terminal/keys.ts"

/** What a person looks at, and what they are about to do. */
export interface WatchState {
  page: "agents" | "agent" | "help"
  /** The agent that keys act on; undefined until there is one. */
  selected: string | undefined
  /** On an agent's page: lines up from its newest one. */
  scroll: number
  asking: Asking | undefined
  /** What came of the last key. */
  note: string
}

export type Asking =
  | { kind: "message"; agentId: string; text: string }
  | { kind: "stop"; agentId: string }
  | { kind: "answer"; question: OpenQuestion; text: string }

/** What is to be done outside of the view. */
export type Act =
  | { kind: "quit" }
  | { kind: "browse" }
  | { kind: "message"; agentId: string; text: string }
  | { kind: "stop"; agentId: string }
  | { kind: "answer"; questionId: string; words?: string[]; text?: string }

/** What is on the screen while a key is pressed. */
export interface Shown {
  /** Ids in the order they are shown. */
  agents: readonly string[]
  questions: readonly OpenQuestion[]
  /** Lines that one page has. */
  pageLines: number
}

export const firstState: WatchState = {
  page: "agents",
  selected: undefined,
  scroll: 0,
  asking: undefined,
  note: "",
}

export interface Step {
  state: WatchState
  act?: Act
}

/** One key: pure, so that every key is tried without a terminal. */
export const press = (state: WatchState, key: Key, shown: Shown): Step => {
  if (state.asking) return pressWhileAsking({ ...state, note: "" }, state.asking, key)
  // A paste is meant for a question, and none is asked.
  if ("isPasted" in key) return { state }
  const calm = { ...state, note: "" }
  const selected = selectedOf(state, shown)
  if ("text" in key) return pressLetter({ ...calm, selected }, key.text, shown)
  const up = { up: 1, page_up: shown.pageLines, home: Infinity }
  const down = { down: 1, page_down: shown.pageLines, end: Infinity }
  if (key.name in up)
    return { state: move(calm, selected, -up[key.name as keyof typeof up], shown) }
  if (key.name in down)
    return { state: move(calm, selected, down[key.name as keyof typeof down], shown) }
  if (key.name === "enter" && state.page === "agents" && selected !== undefined)
    return { state: { ...calm, selected, page: "agent", scroll: 0 } }
  if (key.name === "escape" || key.name === "backspace") return { state: back(calm) }
  return { state: calm }
}

/** The agent that was chosen, while it is there. */
export const selectedOf = ({ selected }: WatchState, { agents }: Pick<Shown, "agents">) =>
  selected !== undefined && agents.includes(selected) ? selected : agents[0]

const back = (state: WatchState): WatchState => ({ ...state, page: "agents", scroll: 0 })

const move = (
  state: WatchState,
  selected: string | undefined,
  by: number,
  { agents }: Shown,
): WatchState => {
  if (state.page === "help") return state
  if (state.page === "agent")
    return { ...state, scroll: by === Infinity ? 0 : Math.max(0, state.scroll - by) }
  const from = selected === undefined ? 0 : agents.indexOf(selected)
  const to = Math.min(agents.length - 1, Math.max(0, from + by))
  return { ...state, selected: agents[to] }
}

const pressLetter = (state: WatchState, letter: string, shown: Shown): Step => {
  const { selected } = state
  if (letter === "q")
    return state.page === "agents" ? { state, act: { kind: "quit" } } : { state: back(state) }
  if (letter === "?")
    return { state: state.page === "help" ? back(state) : { ...state, page: "help" } }
  if (letter === "b") return { state, act: { kind: "browse" } }
  if (letter === "k" || letter === "j")
    return press(state, { name: letter === "k" ? "up" : "down" }, shown)
  if (letter === "a") {
    const own = shown.questions.find(({ agent_id }) => agent_id === selected)
    // On the list the oldest question is meant if the chosen agent has none.
    const question = own ?? (state.page === "agents" ? shown.questions[0] : undefined)
    if (!question) return { state: { ...state, note: "No question is open." } }
    return {
      state: {
        ...state,
        selected: question.agent_id,
        asking: { kind: "answer", question, text: "" },
      },
    }
  }
  if ((letter === "m" || letter === "s") && selected !== undefined)
    return {
      state: {
        ...state,
        asking:
          letter === "m"
            ? { kind: "message", agentId: selected, text: "" }
            : { kind: "stop", agentId: selected },
      },
    }
  return { state }
}

const pressWhileAsking = (state: WatchState, asking: Asking, key: Key): Step => {
  const done = { ...state, asking: undefined }
  if ("name" in key && key.name === "escape")
    return { state: { ...done, note: "Nothing was done." } }
  if (asking.kind === "stop") {
    if ("text" in key && key.text === "y" && !key.isPasted)
      return { state: done, act: { kind: "stop", agentId: asking.agentId } }
    return { state: { ...done, note: "Nothing was stopped." } }
  }
  if ("text" in key)
    return { state: { ...state, asking: { ...asking, text: asking.text + key.text } } }
  if (key.name === "backspace")
    return {
      state: { ...state, asking: { ...asking, text: [...asking.text].slice(0, -1).join("") } },
    }
  if (key.name !== "enter") return { state }
  const text = asking.text.trim()
  if (text === "") return { state: { ...done, note: "Nothing was sent." } }
  if (asking.kind === "message")
    return { state: done, act: { kind: "message", agentId: asking.agentId, text } }
  return {
    state: done,
    act: {
      kind: "answer",
      questionId: asking.question.question_id,
      ...wordsOf(asking.question, text),
    },
  }
}

const short: Record<string, string> = { o: "once", f: "fleet", r: "reject" }

/** As `meshfleet answer` takes them: options by number or label, or words of one's own. */
const wordsOf = ({ kind, request }: OpenQuestion, text: string) => {
  if (kind === "permission") return { words: [short[text] ?? text] }
  const labels =
    "questions" in request
      ? request.questions.flatMap(({ options }) => options.map(({ label }) => label))
      : []
  if (text === "reject" || labels.includes(text)) return { words: [text] }
  return /^\d+(?:[ ,]+\d+)*$/.test(text) ? { words: text.split(/ +/) } : { text }
}
