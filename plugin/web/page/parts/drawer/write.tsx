import { useRef, useState } from "preact/hooks"
import type { AgentShown } from "../../../../mesh/views/shown.ts"
import { act } from "../../ask.ts"
import { useAction } from "../hooks.ts"
import { StopButton } from "../needs.tsx"
import { Outcome } from "../question-form.tsx"
import { Line } from "../text.tsx"

/** A word to one agent, as its lead; and its end. */
export const Write = ({ agent }: { agent: AgentShown }) => {
  const { run, busy, problem, done } = useAction()
  const writing = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState("")
  const [type, setType] = useState("handoff")
  const isEnded = ["complete", "failed", "cancelled"].includes(agent.state)
  return (
    <form
      class="write"
      onSubmit={(event) => {
        event.preventDefault()
        // What stands there, however fast it was written.
        const payload = writing.current!.value
        if (payload.trim() === "") return
        run(
          () =>
            act("send", {
              fleet_id: agent.fleetId,
              to_agent_id: agent.id,
              type,
              payload,
            }),
          "Sent.",
          () => setText(""),
        )
      }}
    >
      <label class="unseen" for="write-text">
        Message to <Line text={agent.name} />, as the lead
      </label>
      <textarea
        ref={writing}
        id="write-text"
        rows={2}
        placeholder={
          agent.state === "cancelled"
            ? "It was stopped, and gets no mail any more"
            : isEnded
              ? "Write to it: that wakes it again"
              : "Write to it, as its lead"
        }
        disabled={agent.state === "cancelled"}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey))
            event.currentTarget.form?.requestSubmit()
        }}
      />
      <div class="buttons">
        <select
          aria-label="Type of the message"
          value={type}
          onChange={({ currentTarget }) => setType(currentTarget.value)}
        >
          <option value="handoff">handoff</option>
          <option value="question">question</option>
          <option value="result">result</option>
          <option value="alert">alert</option>
        </select>
        <button type="submit" class="main" disabled={busy || text.trim() === ""}>
          Send
        </button>
        {!isEnded && <StopButton fleetId={agent.fleetId} agentId={agent.id} name={agent.name} />}
      </div>
      <Outcome problem={problem} done={done} />
    </form>
  )
}
