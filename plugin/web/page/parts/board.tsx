import type { TaskShown } from "../../../mesh/views/shown.ts"
import { line } from "../format.ts"
import type { Snapshot } from "../store.ts"
import { Table } from "./table.tsx"
import { Line } from "./text.tsx"

const words: Record<TaskShown["state"], string> = {
  open: "open",
  claimed: "claimed",
  review: "in review",
  done: "done",
  blocked: "blocked",
  cancelled: "cancelled",
}

/** The tasks of a fleet that has some: who has them, and how they stand. */
export const Board = ({ snapshot }: { snapshot: Snapshot }) => {
  const { state } = snapshot
  const tasks = state.tasks.filter(({ fleetId }) => state.shown.includes(fleetId))
  if (tasks.length === 0) return null
  const boards = Map.groupBy(tasks, ({ fleetId }) => fleetId)
  return (
    <section class="panel board" aria-labelledby="board-title">
      <h2 id="board-title">
        Tasks{" "}
        <span class="count">
          {tasks.filter((task) => task.state === "done").length} of {tasks.length} done
        </span>
      </h2>
      <Table
        label="Tasks"
        columns={[["No.", "number"], "Task", "State", "By", ["How", "wide"]]}
        isSmall={false}
      >
        {[...boards].map(([fleetId, own]) => (
          <tbody key={fleetId}>
            {boards.size > 1 && (
              <tr class="fleet-row">
                <th scope="rowgroup" colSpan={5}>
                  {line(state.fleets.find(({ id }) => id === fleetId)?.name ?? fleetId)}
                </th>
              </tr>
            )}
            {own.map((task) => (
              <Row key={task.number} task={task} />
            ))}
          </tbody>
        ))}
      </Table>
    </section>
  )
}

const Row = ({ task }: { task: TaskShown }) => (
  <tr>
    <td class="number">{task.number}</td>
    <th scope="row">
      <Line text={task.title} />
    </th>
    <td class={`task-state task-${task.state}`}>{words[task.state]}</td>
    <td>{task.owner !== null && <Line text={task.owner} />}</td>
    <td class="wide muted">
      <Line text={howOf(task)} />
    </td>
  </tr>
)

const proofs: Record<NonNullable<TaskShown["proof"]>, string> = {
  check: "its check has passed",
  review: "another agent has looked at it",
  lead: "the lead says so",
  word: "its own word",
}

const howOf = ({ state, proof, waitsFor, hasFailedCheck, note }: TaskShown) => {
  if (proof) return proofs[proof]
  if (waitsFor.length > 0) return `after ${waitsFor.join(", ")}`
  if (hasFailedCheck) return "its check failed"
  return state === "blocked" || state === "review" ? (note ?? "") : ""
}
