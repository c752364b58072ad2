import { useState } from "preact/hooks"
import type { QuestionShown } from "../../../mesh/views/shown.ts"
import { act } from "../ask.ts"
import { line } from "../format.ts"
import { useAction } from "./hooks.ts"
import { Block, Line } from "./text.tsx"

/** What an agent asks, and the answers that there are. */
export const QuestionForm = ({ question }: { question: QuestionShown }) =>
  question.kind === "permission" ? (
    <Permission question={question} />
  ) : (
    <Choice question={question} />
  )

const Permission = ({ question }: { question: QuestionShown }) => {
  const { run, busy, problem, done } = useAction()
  const [reason, setReason] = useState("")
  const answer = (word: string) =>
    run(
      () =>
        act("answer", {
          question_id: question.id,
          words: [word],
          ...(word === "reject" && reason && { reason }),
        }),
      `Answered: ${word}.`,
    )
  return (
    <div class="ask">
      <p>
        It wants to use <code>{line(question.wanted).split(" ")[1] ?? "a tool"}</code>:
      </p>
      <Block text={question.detail || question.wanted} label="What it would run" />
      <div class="buttons">
        <button type="button" class="main" disabled={busy} onClick={() => answer("once")}>
          Allow once
        </button>
        <button type="button" disabled={busy} onClick={() => answer("fleet")}>
          For this fleet
        </button>
        <button type="button" disabled={busy} onClick={() => answer("always")}>
          Always here
        </button>
        <button type="button" class="no" disabled={busy} onClick={() => answer("reject")}>
          Reject
        </button>
        <input
          type="text"
          class="reason"
          placeholder="Why, if you reject it"
          aria-label={`Why you reject what ${line(question.agent)} asks`}
          maxLength={500}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </div>
      <Outcome problem={problem} done={done} />
    </div>
  )
}

const Choice = ({ question }: { question: QuestionShown }) => {
  const { run, busy, problem, done } = useAction()
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [text, setText] = useState("")
  const takesText = question.questions.every(({ custom }) => custom)
  const send = (body: object) =>
    run(() => act("answer", { question_id: question.id, ...body }), "Answered.")
  // One question with single choice answers with the click; the rest is put together first.
  const isSimple = question.questions.length === 1 && !question.questions[0]!.multiple
  const toggle = (label: string) =>
    setChosen(chosen.includes(label) ? chosen.filter((each) => each !== label) : [...chosen, label])
  return (
    <div class="ask">
      {question.questions.map((each, index) => (
        <fieldset key={index}>
          <legend>
            <bdi>
              <Line text={each.question} />
            </bdi>
          </legend>
          <div class="buttons">
            {each.options.map(({ label, description }) => (
              <button
                key={label}
                type="button"
                disabled={busy}
                title={line(description)}
                {...(isSimple ? {} : { "aria-pressed": chosen.includes(label) })}
                onClick={() => (isSimple ? send({ words: [label] }) : toggle(label))}
              >
                <Line text={label} />
              </button>
            ))}
          </div>
        </fieldset>
      ))}
      <form
        class="buttons"
        onSubmit={(event) => {
          event.preventDefault()
          send(text ? { text } : { words: chosen })
        }}
      >
        {takesText && (
          <input
            type="text"
            class="reason"
            placeholder="Or in your own words"
            aria-label={`Answer ${line(question.agent)} in your own words`}
            value={text}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        )}
        <button type="submit" class="main" disabled={busy || (!text && chosen.length === 0)}>
          Answer
        </button>
        <button
          type="button"
          class="no"
          disabled={busy}
          onClick={() => send({ words: ["reject"] })}
        >
          Reject
        </button>
      </form>
      <Outcome problem={problem} done={done} />
    </div>
  )
}

export const Outcome = ({ problem, done }: { problem: string; done: string }) => (
  <p class={problem ? "outcome bad" : "outcome"} role="status">
    {problem || done}
  </p>
)
