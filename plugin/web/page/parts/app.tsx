import { useEffect } from "preact/hooks"
import type { Store } from "../store.ts"
import { AgentsTable } from "./agents-table.tsx"
import { Board } from "./board.tsx"
import { Councils } from "./councils.tsx"
import { Drawer } from "./drawer/drawer.tsx"
import { Feed } from "./feed.tsx"
import { Fleets, Header } from "./header.tsx"
import { useSnapshot } from "./hooks.ts"
import { Mesh } from "./mesh.tsx"
import { Needs } from "./needs.tsx"
import { Reserved } from "./reserved.tsx"
import { listenToKeys, Shortcuts } from "./shortcuts.tsx"
import { Seen } from "./seen.tsx"
import { Spending } from "./spending.tsx"
import { Timeline } from "./timeline.tsx"

const parts = [
  { Part: AgentsTable, selector: ".agents" },
  { Part: Mesh, selector: ".mesh" },
  { Part: Board, selector: ".board" },
  { Part: Reserved, selector: ".reserved" },
  { Part: Timeline, selector: ".timeline" },
  { Part: Feed, selector: ".feed" },
  { Part: Spending, selector: ".spending" },
  { Part: Councils, selector: ".councils" },
]

export const App = ({ store, reopen }: { store: Store; reopen: () => void }) => {
  const snapshot = useSnapshot(store)
  useEffect(() => listenToKeys(store), [store])
  const { state, choice, link } = snapshot
  const urgent = state.needs.filter(({ kind }) => kind === "question" || kind === "vote").length
  useEffect(() => {
    document.title = urgent > 0 ? `(${urgent}) Meshfleet` : "Meshfleet"
  }, [urgent])
  return (
    <>
      <a class="skip" href="#needs">
        Skip to who needs you
      </a>
      <Header store={store} snapshot={snapshot} reopen={reopen} />
      {link === "lost" && (
        <p class="banner" role="alert">
          The dashboard does not answer. If it has ended, run meshfleet dashboard again; this page
          shows what was last known.
        </p>
      )}
      {state.isFilled && state.fleets.length === 0 ? (
        <Empty />
      ) : state.isFilled ? (
        <>
          <Fleets store={store} snapshot={snapshot} reopen={reopen} />
          <main class={choice.agentId ? "has-drawer" : ""}>
            <Needs store={store} snapshot={snapshot} />
            {parts.map(({ Part, selector }) => (
              <Seen key={selector} selector={selector} of={choice}>
                <Part store={store} snapshot={snapshot} />
              </Seen>
            ))}
          </main>
          <Drawer store={store} snapshot={snapshot} />
        </>
      ) : (
        <p class="loading">Reading the ledger…</p>
      )}
      <Shortcuts store={store} isOpen={choice.isHelpOpen} />
    </>
  )
}

const Empty = () => (
  <main class="empty">
    <h2>No fleet yet</h2>
    <p>
      Give OpenCode in this project a task with <code>/fleet &lt;task&gt;</code>, or spawn one from
      a terminal with <code>meshfleet call spawn_fleet</code>. It shows here by itself.
    </p>
  </main>
)
