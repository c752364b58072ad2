import type { Happening, Overview } from "../../mesh/views/shown.ts"
import type { Link } from "./connection.ts"
import { emptyState, merge, type State } from "./state.ts"

/** What a person has chosen in the page. */
export interface Choice {
  search: string
  /** The agent whose drawer is open. */
  agentId: string | undefined
  /** Undefined: that of the folder in which the dashboard was started; `*` is all of them. */
  project: string | undefined
  /** Fleets chosen by hand; none: those that run. */
  fleets: readonly string[]
  isHelpOpen: boolean
}

/** Where the dashboard was started. */
export interface Home {
  directory: string
  project: string
}

export interface Snapshot {
  state: State
  choice: Choice
  link: Link
  home: Home
}

/** The server tells what is new three times a second; what came together is drawn together. */
const renderMs = 50
/** Ages are seconds. Whatever is drawn meanwhile draws them too, so a page has no other clock. */
const ageMs = 1000

export type Store = ReturnType<typeof createStore>

/** All that the page knows, and who wants to hear of it. */
export const createStore = () => {
  let snapshot: Snapshot = {
    state: emptyState(),
    choice: { search: "", agentId: undefined, project: undefined, fleets: [], isHelpOpen: false },
    link: "connecting",
    home: { directory: "", project: "" },
  }
  const readers = new Set<() => void>()
  const watchers = new Set<(happenings: readonly Happening[]) => void>()
  let waiting: number | undefined
  let renderedAt = 0
  let waitsUntil = 0
  let ageing: number | undefined

  const render = () => {
    waiting = undefined
    renderedAt = performance.now()
    for (const each of readers) each()
    clearTimeout(ageing)
    ageing = setTimeout(() => soon(0), ageMs)
  }
  /** With the next frame, and not more often than anybody can read. */
  const soon = (atMostMs: number) => {
    const dueAt = Math.max(performance.now(), renderedAt + atMostMs)
    if (waiting !== undefined && waitsUntil <= dueAt) return
    clearTimeout(waiting)
    waitsUntil = dueAt
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) waiting = setTimeout(() => requestAnimationFrame(render), waitMs)
    else {
      // In the same picture as the messages that set out.
      waiting = 0
      requestAnimationFrame(render)
    }
  }

  return {
    get: () => snapshot,
    choose(change: Partial<Choice>) {
      snapshot = { ...snapshot, choice: { ...snapshot.choice, ...change } }
      soon(0)
    },
    setLink(link: Link) {
      if (snapshot.link === link) return
      snapshot = { ...snapshot, link }
      soon(renderMs)
    },
    setHome(home: Home) {
      snapshot = { ...snapshot, home }
      soon(renderMs)
    },
    told(overview: Overview, isFirst: boolean) {
      const before = isFirst ? emptyState() : snapshot.state
      const state = merge(
        isFirst ? { ...before, mailWaits: snapshot.state.mailWaits } : before,
        overview,
        Date.now(),
      )
      snapshot = { ...snapshot, state }
      if (!isFirst && overview.happenings) for (const each of watchers) each(overview.happenings)
      soon(renderMs)
    },
    /** The ledger's time. */
    now: () => Date.now() + snapshot.state.skewMs,
    subscribe(reader: () => void) {
      readers.add(reader)
      return () => void readers.delete(reader)
    },
    /** Of what happens from now on, at once. */
    watch(watcher: (happenings: readonly Happening[]) => void) {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}
