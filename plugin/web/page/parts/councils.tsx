import { duration } from "../format.ts"
import type { Snapshot, Store } from "../store.ts"
import { Vote } from "./needs.tsx"
import { Block, Line } from "./text.tsx"

/** What is voted on, and how it stands. */
export const Councils = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const { state } = snapshot
  const councils = state.councils.filter(({ fleetId }) => state.shown.includes(fleetId))
  if (councils.length === 0) return null
  return (
    <section class="panel councils" aria-labelledby="councils-title">
      <h2 id="councils-title">
        Councils <span class="count">{councils.length}</span>
      </h2>
      <ul class="council-list">
        {councils.map((council) => {
          const mine = council.votes.find(({ voter }) => voter === "human")
          const share = (n: number) => `${(n / Math.max(1, council.total)) * 100}%`
          return (
            <li key={council.id}>
              <div class="card-head">
                <strong>
                  <Line text={council.subject} />
                </strong>
                <span class={`verdict v-${council.status}`}>{council.status}</span>
              </div>
              <div
                class="tally"
                role="img"
                aria-label={`${council.approving} of ${council.total} approve, ${council.declining} decline, quorum ${council.quorum}`}
              >
                <span class="yes" style={{ width: share(council.approving) }} />
                <span class="nay" style={{ width: share(council.declining) }} />
                <i style={{ left: share(council.quorum) }} />
              </div>
              <p class="muted">
                {council.approving} approve, {council.declining} decline, {council.total} in all;
                quorum {council.quorum}
                {council.status === "open" &&
                  council.deadlineAt !== null &&
                  `; ${duration(council.deadlineAt - store.now())} left`}
              </p>
              <ul class="votes">
                {council.votes.map(({ voter, vote, weight, signoff, note }) => (
                  <li key={voter} class={`vote-${vote ?? "none"}`}>
                    <b>
                      <Line text={voter === "human" ? "you" : voter} />
                    </b>{" "}
                    {vote === null ? "has not voted" : vote === "approve" ? "approves" : "declines"}
                    {weight !== 1 && ` (weight ${weight})`}
                    {signoff && " (must sign off)"}
                    {note && (
                      <>
                        {": "}
                        <Line text={note} />
                      </>
                    )}
                  </li>
                ))}
              </ul>
              <details>
                <summary>The proposal</summary>
                <Block text={council.proposal} label="Proposal" />
              </details>
              {council.status === "open" && mine && <Vote id={council.id} />}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
