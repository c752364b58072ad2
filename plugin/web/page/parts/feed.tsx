import type { JSX } from "preact"
import { clock } from "../format.ts"
import { nodeOf, senderOf } from "../state.ts"
import type { Snapshot, Store } from "../store.ts"
import { useKept } from "./hooks.ts"
import { Line } from "./text.tsx"

const mostMessages = 60

/** What agents say to each other, the newest first. */
export const Feed = ({ snapshot }: { store: Store; snapshot: Snapshot }) => {
  const { state, choice } = snapshot
  const keep = useKept<JSX.Element>()
  const wanted = choice.search.toLowerCase()
  const nameOf = (id: string) => state.agents.get(id)?.name ?? "lead"
  const found = []
  for (let at = state.letters.length - 1; at >= 0 && found.length < mostMessages; at--) {
    const each = state.letters[at]!
    const from = nameOf(senderOf(each))
    const to = each.to.map((id) => nameOf(nodeOf(id, each.fleetId)))
    const text = `${from} ${to.join(" ")} ${each.kind} ${each.text}`
    if (wanted && !text.toLowerCase().includes(wanted)) continue
    found.push({ each, from, to })
  }
  return (
    <section class="panel feed" aria-labelledby="feed-title">
      <h2 id="feed-title">Messages</h2>
      {found.length === 0 ? (
        <p class="nothing">
          {wanted ? `No message fits “${choice.search}”.` : "Nobody has written yet."}
        </p>
      ) : (
        <ol class="scroll letters" tabIndex={0} aria-label="Messages, the newest first">
          {found.map(({ each, from, to }) =>
            keep(String(each.seq), `${from} ${to.join()}`, () => (
              <li key={each.seq}>
                <span class="time">{clock(each.at)}</span>
                <span class="route">
                  <b>
                    <Line text={from} />
                  </b>
                  <span aria-label="to"> → </span>
                  <b>
                    <Line
                      text={
                        to.length > 3
                          ? `${to.slice(0, 2).join(", ")} and ${to.length - 2} more`
                          : to.join(", ")
                      }
                    />
                  </b>
                </span>
                <span class={`kind k-${each.kind}`}>{each.kind?.replaceAll("_", " ")}</span>
                <span class="words">
                  <Line text={each.text} />
                </span>
              </li>
            )),
          )}
        </ol>
      )}
    </section>
  )
}
