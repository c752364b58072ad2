import { useState } from "preact/hooks"
import { count, head, line, visible } from "../format.ts"

/** A text of an agent on one line. What comes after it keeps its own direction. */
export const Line = ({ text }: { text: string }) => <bdi class="line">{line(text)}</bdi>

const mostCharacters = 3000

/** A text of an agent as it is; a long one by its beginning, and the rest on demand. */
export const Block = ({ text, label }: { text: string; label: string }) => {
  const [isWhole, setWhole] = useState(false)
  const isLong = text.length > mostCharacters
  return (
    <div class="block">
      <pre dir="auto" tabIndex={0} role="group" aria-label={line(label)}>
        {visible(isWhole ? text : head(text, mostCharacters))}
        {isLong && !isWhole ? "…" : ""}
      </pre>
      {isLong && (
        <button type="button" class="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${count(text.length)} characters`}
        </button>
      )}
    </div>
  )
}

const stateWords: Record<string, string> = {
  queued: "queued",
  starting: "starting",
  running: "at work",
  waiting: "waits",
  stalled: "stalled",
  interrupted: "retries",
  complete: "done",
  failed: "failed",
  cancelled: "stopped",
}

export const StateBadge = ({ state }: { state: string }) => (
  <span class={`state s-${state}`}>{stateWords[state] ?? state}</span>
)
