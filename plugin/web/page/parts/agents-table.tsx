import type { AgentShown } from "../../../mesh/views/shown.ts"
import { count, duration, money } from "../format.ts"
import { matches, mostUrgentFirst } from "../state.ts"
import type { Snapshot, Store } from "../store.ts"
import { useKept } from "./hooks.ts"
import { Table } from "./table.tsx"
import { Line, StateBadge } from "./text.tsx"

export const AgentsTable = ({ store, snapshot }: { store: Store; snapshot: Snapshot }) => {
  const { state, choice } = snapshot
  const keep = useKept<ReturnType<typeof Row>>()
  const now = store.now()
  const all = mostUrgentFirst(state)
  const agents = all.filter((agent) => matches(agent, choice.search))
  return (
    <section class="panel agents" aria-labelledby="agents-title">
      <h2 id="agents-title">
        Agents{" "}
        <span class="count">
          {agents.length === all.length ? all.length : `${agents.length} of ${all.length}`}
        </span>
      </h2>
      <Table
        label="Agents"
        columns={[
          "Agent",
          "State",
          ["What it does", "wide"],
          ["Age", "number"],
          ["Tokens", "number"],
          ["Cost", "number"],
          ["Unread", "number"],
        ]}
        isSmall={false}
      >
        <tbody>
          {agents.map((agent) => {
            const age = duration((agent.endedAt ?? now) - (agent.startedAt ?? agent.createdAt))
            const isChosen = choice.agentId === agent.id
            return keep(agent.id, `${JSON.stringify(agent)} ${age} ${isChosen}`, () => (
              <Row
                key={agent.id}
                agent={agent}
                isChosen={isChosen}
                age={age}
                open={() => store.choose({ agentId: agent.id })}
              />
            ))
          })}
        </tbody>
      </Table>
      {all.length > 0 && agents.length === 0 && (
        <p class="nothing">No agent fits “{choice.search}”.</p>
      )}
    </section>
  )
}

const Row = ({
  agent,
  isChosen,
  age,
  open,
}: {
  agent: AgentShown
  isChosen: boolean
  age: string
  open: () => void
}) => (
  <tr class={isChosen ? "chosen" : ""} onClick={open}>
    <th scope="row">
      <button
        type="button"
        class="name agent-button"
        data-agent={agent.id}
        aria-expanded={isChosen}
        onClick={(event) => {
          event.stopPropagation()
          open()
        }}
      >
        <Line text={agent.name} />
      </button>
      {agent.role.toLowerCase() !== agent.name.toLowerCase() && (
        <span class="role">
          <Line text={agent.role} />
        </span>
      )}
    </th>
    <td>
      <StateBadge state={agent.state} />
      {agent.attempts > 1 && <span class="attempts">attempt {agent.attempts}</span>}
    </td>
    <td class="wide doing">
      <Line text={agent.doing} />
    </td>
    <td class="number">{age}</td>
    <td class="number">{count(agent.tokens)}</td>
    <td class="number">{money(agent.costUsd)}</td>
    <td class="number">{agent.unread > 0 ? <b class="unread">{agent.unread}</b> : "0"}</td>
  </tr>
)
