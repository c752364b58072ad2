import type { SessionShownEntry, TranscriptEntry } from "../../../../mesh/views/shown.ts"
import { clock, count, duration } from "../../format.ts"
import { Block, Line } from "../text.tsx"

/** What an agent was told, did and said, in the order of time. */
export const Transcript = ({
  entries,
}: {
  entries: readonly (TranscriptEntry | SessionShownEntry)[]
}) => (
  <ol class="entries">
    {entries.map((entry, index) => (
      <li key={"id" in entry ? entry.id : `${entry.at} ${index}`} class={`e-${entry.kind}`}>
        <div class="entry-head">
          <b>
            <Line text={entry.title} />
          </b>
          <span class="time">
            {"id" in entry && <Progress entry={entry} />}
            {clock(entry.at)}
          </span>
        </div>
        {entry.text !== "" && <Text entry={entry} />}
      </li>
    ))}
  </ol>
)

const Progress = ({ entry: { state, tookMs } }: { entry: SessionShownEntry }) => {
  if (state === null) return null
  if (state !== "completed") return <>{state} · </>
  return tookMs === null ? null : <>{tookMs < 1000 ? `${tookMs} ms` : duration(tookMs)} · </>
}

/** What a tool gave back, and what was thought, is there for whoever asks. */
const Text = ({ entry }: { entry: TranscriptEntry }) =>
  entry.kind === "tool" || entry.kind === "reasoning" ? (
    <details class="folded">
      <summary>
        {entry.kind === "tool" ? "Output" : "Thoughts"}, {count(entry.chars)} characters
      </summary>
      <Block text={entry.text} label={entry.title} />
    </details>
  ) : (
    <Block text={entry.text} label={entry.title} />
  )
