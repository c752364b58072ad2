import { useEffect, useRef, useState } from "preact/hooks"
import type { AgentDetail, AgentShown } from "../../../../mesh/views/shown.ts"
import { readAgent } from "../../ask.ts"
import { clock, count, duration, money } from "../../format.ts"
import type { Snapshot, Store } from "../../store.ts"
import { transcriptOf } from "../../transcript.ts"
import { useSession } from "./session.ts"
import { Block, Line, StateBadge } from "../text.tsx"
import { Transcript } from "./transcript.tsx"
import { Write } from "./write.tsx"

/** While it works its transcript is read anew so often at most. */
const readMs = 250

const useDetail = (agent: AgentShown, key: string) => {
  const [detail, setDetail] = useState<AgentDetail>()
  const [problem, setProblem] = useState("")
  const reading = useRef({ at: 0, timer: 0 })
  useEffect(() => {
    let isOver = false
    const read = () => {
      reading.current.at = performance.now()
      readAgent(agent.id).then(
        (found) => {
          if (isOver) return
          setDetail(found)
          setProblem("")
        },
        (error: unknown) => !isOver && setProblem(String(error)),
      )
    }
    clearTimeout(reading.current.timer)
    reading.current.timer = setTimeout(
      read,
      Math.max(0, readMs - (performance.now() - reading.current.at)),
    )
    return () => {
      isOver = true
    }
  }, [agent.id, key])
  return { detail: detail?.id === agent.id ? detail : undefined, problem }
}

/** One agent alone: what it was told, did, said and was sent; and a word to it. */
export const Drawer = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const agent = snapshot.choice.agentId
    ? snapshot.state.agents.get(snapshot.choice.agentId)
    : undefined
  return agent ? <Open key={agent.id} agent={agent} store={store} snapshot={snapshot} /> : null
}

const Open = ({
  agent,
  store,
  snapshot,
}: {
  agent: AgentShown
  store: Store
  snapshot: Snapshot
}) => {
  const title = useRef<HTMLHeadingElement>(null)
  const [part, setPart] = useState<"transcript" | "mail" | "about">("transcript")
  // Whatever of it changed: its row, and the mail it sends and gets.
  const mine = snapshot.state.letters.findLast(
    ({ agentId, to }) => agentId === agent.id || to.includes(agent.id),
  )
  const turn = snapshot.state.turns.findLast(({ agentId }) => agentId === agent.id)
  const key = `${JSON.stringify(agent)} ${mine?.seq} ${turn?.seq}`
  const { detail, problem } = useDetail(agent, key)
  const session = useSession(agent, key)
  useEffect(() => title.current?.focus(), [])
  const close = () => {
    const id = agent.id
    store.choose({ agentId: undefined })
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-agent="${CSS.escape(id)}"]`)?.focus(),
    )
  }
  const now = store.now()
  return (
    <aside class="drawer" aria-labelledby="drawer-title">
      <div class="drawer-head">
        <h2 id="drawer-title" tabIndex={-1} ref={title}>
          <Line text={agent.name} />
        </h2>
        <StateBadge state={agent.state} />
        <button type="button" class="icon" aria-label="Close (Escape)" onClick={close}>
          ×
        </button>
        <p class="doing">
          <Line text={agent.doing} />
        </p>
        <dl class="facts">
          <Fact
            term="Age"
            text={duration((agent.endedAt ?? now) - (agent.startedAt ?? agent.createdAt))}
          />
          <Fact term="Tokens" text={count(agent.tokens)} />
          <Fact term="Cost" text={money(agent.costUsd)} />
          <Fact term="Turns" text={String(agent.turns)} />
          <Fact term="Attempt" text={String(agent.attempts)} />
          <Fact term="Unread" text={String(agent.unread)} />
        </dl>
      </div>
      <div class="tabs" role="tablist" aria-label="About this agent">
        {(["transcript", "mail", "about"] as const).map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={part === each}
            aria-controls="tab-panel"
            tabIndex={part === each ? 0 : -1}
            onClick={() => setPart(each)}
            onKeyDown={(event) => {
              const all = ["transcript", "mail", "about"] as const
              const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? 2 : 0
              if (step === 0) return
              const next = all[(all.indexOf(each) + step) % 3]!
              setPart(next)
              requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus())
            }}
          >
            {each === "mail" && detail
              ? `Mail ${detail.mail.length}`
              : each[0]!.toUpperCase() + each.slice(1)}
          </button>
        ))}
      </div>
      <div
        class="drawer-body"
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${part}`}
        tabIndex={0}
      >
        {problem && <p class="outcome bad">{problem}</p>}
        {!detail && !problem && <p class="nothing">Reading…</p>}
        {detail && part === "transcript" && session?.missing && (
          <p class="nothing">
            What it said and which tools it used cannot be read (<Line text={session.missing} />
            ); this is what the ledger knows.
          </p>
        )}
        {detail && part === "transcript" && <Transcript entries={transcriptOf(detail, session)} />}
        {detail && part === "mail" && <Mail detail={detail} />}
        {detail && part === "about" && <About detail={detail} />}
      </div>
      <Write agent={agent} />
    </aside>
  )
}

const Fact = ({ term, text }: { term: string; text: string }) => (
  <div>
    <dt>{term}</dt>
    <dd>{text}</dd>
  </div>
)

const Mail = ({ detail }: { detail: AgentDetail }) =>
  detail.mail.length === 0 ? (
    <p class="nothing">It has neither sent nor got a message.</p>
  ) : (
    <ol class="entries">
      {detail.mail.toReversed().map((letter, index) => (
        <li
          key={`${letter.id} ${index}`}
          class={letter.from === detail.name ? "e-mail-out" : "e-mail-in"}
        >
          <div class="entry-head">
            <b>
              <Line text={letter.from} /> → <Line text={letter.to.join(", ")} />
            </b>
            <span class="time">
              {letter.type.replaceAll("_", " ")}
              {letter.state && `, ${letter.state}`} · {clock(letter.at)}
            </span>
          </div>
          <Block text={letter.payload} label={`Message from ${letter.from}`} />
        </li>
      ))}
    </ol>
  )

const About = ({ detail }: { detail: AgentDetail }) => {
  const facts: [string, string | null][] = [
    ["Id", detail.id],
    ["Role", detail.role],
    ["Runs as", detail.agent],
    ["Model", detail.model],
    ["Directory", detail.directory],
    ["Session", detail.sessionId],
    ["Worktree", detail.worktree && `${detail.worktree.branch} (${detail.worktree.state})`],
    ["Error", detail.error && `${detail.error.code}: ${detail.error.detail}`],
    ["Files changed", detail.files.length > 0 ? detail.files.join(", ") : null],
  ]
  return (
    <dl class="about">
      {facts
        .filter(([, text]) => text !== null)
        .map(([term, text]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <Line text={text!} />
            </dd>
          </div>
        ))}
    </dl>
  )
}
