import { count, line, money } from "../format.ts"
import type { Snapshot, Store } from "../store.ts"
import { isDark, switchTheme } from "../theme.ts"

const linkWords = {
  connecting: "connecting",
  live: "live",
  lost: "connection lost",
  hidden: "paused",
}

export const Header = ({
  store,
  snapshot,
  reopen,
}: {
  store: Store
  snapshot: Snapshot
  reopen: () => void
}) => (
  <header class="top">
    <h1>
      <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
        <path d="M8 23 16 8l8 15z" fill="none" stroke="currentColor" stroke-width="2" />
        <circle cx="16" cy="8" r="4.5" fill="currentColor" />
        <circle cx="8" cy="23" r="4.5" fill="currentColor" />
        <circle cx="24" cy="23" r="4.5" fill="currentColor" />
      </svg>
      Meshfleet
    </h1>
    <Project store={store} snapshot={snapshot} reopen={reopen} />
    <span class={`link link-${snapshot.link}`} role="status">
      {linkWords[snapshot.link]}
    </span>
    <search class="find">
      <input
        id="search"
        type="search"
        placeholder="Search agents and messages"
        aria-label="Search agents and messages"
        aria-keyshortcuts="/"
        value={snapshot.choice.search}
        onInput={({ currentTarget }) => store.choose({ search: currentTarget.value })}
      />
      <kbd aria-hidden="true">/</kbd>
    </search>
    <button
      type="button"
      class="icon"
      aria-label={isDark() ? "Switch to light" : "Switch to dark"}
      title="Light or dark (t)"
      onClick={() => {
        switchTheme()
        store.choose({})
      }}
    >
      <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
        <circle cx="10" cy="10" r="7" fill="none" stroke="currentColor" stroke-width="1.6" />
        <path d="M10 3a7 7 0 0 1 0 14z" fill="currentColor" />
      </svg>
    </button>
    <button
      type="button"
      class="icon"
      aria-label="Keyboard shortcuts"
      title="Keyboard shortcuts (?)"
      onClick={() => store.choose({ isHelpOpen: true })}
    >
      ?
    </button>
  </header>
)

/** Its folder: a project's id is that of its git. */
export const folderOf = (project: string) => project.replace(/\/\.git$/, "")
const nameOf = (project: string) => folderOf(project).split("/").at(-1) ?? project

/** Which project is looked at, where the ledger knows several; each says whether somebody waits there. */
const Project = ({
  store,
  snapshot: { state, home, choice },
  reopen,
}: {
  store: Store
  snapshot: Snapshot
  reopen: () => void
}) => {
  const others = state.projects.filter(({ project }) => project !== home.project)
  if (others.length === 0)
    return (
      <span class="where" title={home.directory}>
        <bdi>{line(home.directory)}</bdi>
      </span>
    )
  const own = state.projects.find(({ project }) => project === home.project)
  const asking = state.projects.reduce((sum, { questions }) => sum + questions, 0)
  const running = state.projects.reduce((sum, each) => sum + each.running, 0)
  return (
    <span class="where">
      <select
        id="project"
        aria-label="Project"
        aria-keyshortcuts="p"
        title={choice.project === "*" ? "All projects" : folderOf(choice.project ?? home.project)}
        value={choice.project ?? home.project}
        onChange={({ currentTarget }) => {
          const project = currentTarget.value
          store.choose({
            project: project === home.project ? undefined : project,
            fleets: [],
            agentId: undefined,
          })
          reopen()
        }}
      >
        {[{ project: home.project, running: 0, questions: 0, ...own }, ...others].map((each) => (
          <option key={each.project} value={each.project}>
            {line(nameOf(each.project))}
            {howMany(each)}
          </option>
        ))}
        <option value="*">All projects{howMany({ running, questions: asking })}</option>
      </select>
    </span>
  )
}

const howMany = ({ running, questions }: { running: number; questions: number }) =>
  [
    running > 0 ? ` · ${running} running` : "",
    questions > 0 ? ` · ${questions} ${questions === 1 ? "asks" : "ask"} you` : "",
  ].join("")

/** The fleets of the project: one, or several at once. */
export const Fleets = ({
  store,
  snapshot,
  reopen,
}: {
  store: Store
  snapshot: Snapshot
  reopen: () => void
}) => {
  const { fleets, shown } = snapshot.state
  const isByHand = snapshot.choice.fleets.length > 0
  const choose = (next: readonly string[]) => {
    store.choose({ fleets: next, agentId: undefined })
    reopen()
  }
  const toggle = (id: string) =>
    choose(shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id])
  return (
    <nav class="fleets" aria-label="Fleets of this project">
      <ul>
        {fleets.map((fleet) => {
          const ended = fleet.counts.complete + fleet.counts.failed + fleet.counts.cancelled
          return (
            <li key={fleet.id}>
              <button
                type="button"
                class={`chip c-${fleet.status}`}
                aria-pressed={shown.includes(fleet.id)}
                title={`${fleet.id}: ${fleet.status}`}
                onClick={() => toggle(fleet.id)}
              >
                <span class="chip-name">
                  <bdi>{line(fleet.name)}</bdi>
                  {snapshot.choice.project === "*" && (
                    <>
                      {" in "}
                      <bdi>{line(nameOf(fleet.project))}</bdi>
                    </>
                  )}
                </span>
                <span class="chip-more">
                  {fleet.status === "running"
                    ? `${ended} of ${fleet.agents} done`
                    : `${fleet.status}, ${fleet.agents} ${fleet.agents === 1 ? "agent" : "agents"}`}
                  {" · "}
                  {count(fleet.tokens)} tokens
                  {fleet.costUsd !== null && ` · ${money(fleet.costUsd)}`}
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {isByHand && (
        <button type="button" class="quiet" onClick={() => choose([])}>
          Follow what runs
        </button>
      )}
    </nav>
  )
}
