import { useEffect, useRef, useState } from "preact/hooks"
import type { Need } from "../../../mesh/views/shown.ts"
import { act } from "../ask.ts"
import { duration, line } from "../format.ts"
import { kindsOf, standingOf, wordsOf } from "../standing.ts"
import type { Snapshot, Store } from "../store.ts"
import { useAction } from "./hooks.ts"
import { Outcome, QuestionForm } from "./question-form.tsx"
import { Line } from "./text.tsx"

/** More at once is a wall; the most urgent come first. */
const mostCards = 6

/** Who is stuck, why, and what to do about it. */
export const Needs = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const { state } = snapshot
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? state.needs : state.needs.slice(0, mostCards)
  const rest = state.needs.length - shown.length
  const urgent = state.needs.filter(({ kind }) => kind !== "resting" && kind !== "budget").length
  return (
    <section
      class={`needs ${urgent > 0 ? "has-needs" : ""}`}
      aria-labelledby="needs-title"
      id="needs"
      tabIndex={-1}
    >
      <div class="needs-head">
        <h2 id="needs-title">
          {state.needs.length === 0
            ? "Nobody needs you"
            : `${state.needs.length} ${state.needs.length === 1 ? "needs" : "need"} a look`}
        </h2>
        {state.needs.length > 0 && <p class="kinds">{kindsOf(state.needs)}</p>}
        <p>{standingOf([...state.agents.values()])}</p>
      </div>
      {shown.length > 0 && (
        <ul class="cards">
          {shown.map((need) => (
            <NeedCard key={need.key} need={need} store={store} snapshot={snapshot} />
          ))}
        </ul>
      )}
      {(rest > 0 || isWhole) && (
        <button type="button" class="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show ${rest} more`}
        </button>
      )}
      <Announcer needs={state.needs} />
    </section>
  )
}

const NeedCard = ({ need, store, snapshot }: { need: Need; store: Store; snapshot: Snapshot }) => {
  const { state } = snapshot
  const now = store.now()
  const question = state.questions.find(({ id }) => id === need.key)
  const fleet = state.fleets.find(({ id }) => id === need.fleetId)
  const open = () => {
    if (!state.shown.includes(need.fleetId))
      store.choose({ fleets: [...state.shown, need.fleetId] })
    store.choose({ agentId: need.agentId ?? undefined })
  }
  return (
    <li class={`card n-${need.kind}`}>
      <div class="card-head">
        <strong>
          {need.agentId ? (
            <button type="button" class="name" onClick={open}>
              <Line text={need.who} />
            </button>
          ) : (
            <Line text={need.who} />
          )}{" "}
          {wordsOf(need.kind)}
        </strong>
        <span class="age">
          {need.until === null || need.until < now
            ? `for ${duration(now - need.since)}`
            : `${duration(need.until - now)} left`}
        </span>
      </div>
      {!question && (
        <p class="reason-text">
          <Line text={need.reason} />
        </p>
      )}
      {question ? (
        <QuestionForm question={question} />
      ) : need.kind === "vote" ? (
        <Vote id={need.key} />
      ) : (
        <div class="buttons">
          {need.agentId && (
            <button type="button" onClick={open}>
              Look and write
            </button>
          )}
          {need.kind !== "failed" && need.kind !== "resting" && need.kind !== "abandoned" && (
            <StopButton
              fleetId={need.fleetId}
              agentId={need.agentId}
              name={need.agentId ? need.who : `fleet ${fleet?.name ?? need.fleetId}`}
            />
          )}
          <span class="advice">{need.advice}</span>
        </div>
      )}
      {state.shown.length > 1 && fleet && (
        <span class="fleet-of">
          <Line text={fleet.name} />
        </span>
      )}
    </li>
  )
}

export const Vote = ({ id }: { id: string }) => {
  const { run, busy, problem, done } = useAction()
  const [reason, setReason] = useState("")
  const vote = (word: "approve" | "decline") =>
    run(
      () => act("vote", { message_id: id, vote: word, ...(reason && { reason }) }),
      `You ${word}.`,
    )
  return (
    <div class="ask">
      <div class="buttons">
        <button type="button" class="main" disabled={busy} onClick={() => vote("approve")}>
          Approve
        </button>
        <button type="button" class="no" disabled={busy} onClick={() => vote("decline")}>
          Decline
        </button>
        <input
          type="text"
          class="reason"
          placeholder="Why, for the others"
          aria-label="Why you vote so"
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </div>
      <Outcome problem={problem} done={done} />
    </div>
  )
}

/** Asks again before it ends anybody's work. */
export const StopButton = ({
  fleetId,
  agentId,
  name,
}: {
  fleetId: string
  agentId: string | null
  name: string
}) => {
  const { run, busy, problem, done } = useAction()
  const [isAsking, setAsking] = useState(false)
  const stop = (mode: string) =>
    run(
      () => act("stop", { fleet_id: fleetId, mode, ...(agentId && { agent_ids: [agentId] }) }),
      mode === "wrap_up" ? "Asked to wrap up." : "Stopped.",
      () => setAsking(false),
    )
  if (!isAsking)
    return (
      <>
        <button type="button" class="no" onClick={() => setAsking(true)}>
          Stop…
        </button>
        {(problem || done) && <Outcome problem={problem} done={done} />}
      </>
    )
  return (
    <span class="confirm" role="group" aria-label={`Stop ${line(name)}`}>
      <span>
        Stop <Line text={name} />?
      </span>
      <button type="button" disabled={busy} onClick={() => stop("wrap_up")}>
        Let it report
      </button>
      <button type="button" class="no" disabled={busy} onClick={() => stop("cancel")}>
        Stop now
      </button>
      <button type="button" class="quiet" disabled={busy} onClick={() => setAsking(false)}>
        Keep it
      </button>
      {problem && <Outcome problem={problem} done={done} />}
    </span>
  )
}

/** Tells a screen reader of each need once. */
const Announcer = ({ needs }: { needs: readonly Need[] }) => {
  const told = useRef(new Set<string>())
  const [text, setText] = useState("")
  useEffect(() => {
    const fresh = needs.filter(({ key }) => !told.current.has(key))
    for (const { key } of fresh) told.current.add(key)
    if (fresh.length === 0) return
    const first = fresh[0]!
    setText(
      fresh.length === 1
        ? `${line(first.who)} ${wordsOf(first.kind)}: ${line(first.reason)}`
        : `${fresh.length} need a look, first ${line(first.who)}: ${line(first.reason)}`,
    )
  }, [needs])
  return (
    <p class="unseen" role="status" aria-live="polite">
      {text}
    </p>
  )
}
