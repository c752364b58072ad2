import { duration } from "../format.ts"
import type { Snapshot, Store } from "../store.ts"
import { Table } from "./table.tsx"
import { Line } from "./text.tsx"

/** Which files nobody else may edit for now. */
export const Reserved = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const { state } = snapshot
  const now = store.now()
  const reserved = state.reserved.filter(
    ({ fleetId, until }) => state.shown.includes(fleetId) && until > now,
  )
  if (reserved.length === 0) return null
  return (
    <section class="panel reserved" aria-labelledby="reserved-title">
      <h2 id="reserved-title">
        Reserved files <span class="count">{reserved.length}</span>
      </h2>
      <Table label="Reserved files" columns={["Files", "By", ["Why", "wide"], ["Left", "number"]]}>
        <tbody>
          {reserved.map(({ agentId, who, pattern, mode, reason, until }) => (
            <tr key={`${agentId} ${pattern}`}>
              <th scope="row">
                <code>
                  <Line text={pattern} />
                </code>
                {mode === "shared" && <span class="role">shared</span>}
              </th>
              <td>
                <Line text={who} />
              </td>
              <td class="wide muted">
                <Line text={reason} />
              </td>
              <td class="number">{duration(until - now)}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </section>
  )
}
