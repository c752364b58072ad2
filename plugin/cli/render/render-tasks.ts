import { renderTable } from "./render-table.ts"

export interface ShownTask {
  task_id: number
  title: string
  state: string
  owner?: string
  waits_for?: readonly number[]
  proof?: string
  check?: string
  checked?: { passed: boolean; exit: number | null }
}

/** A board as lines no wider than `width`: how it stands, and one line for each task. */
export const renderTasks = (
  { board, tasks }: { board: string; tasks: readonly ShownTask[] },
  width = Infinity,
): string[] =>
  tasks.length === 0
    ? ["This fleet has no board of tasks."]
    : [board, ...renderTable(columns, tasks.map(rowOf), width)]

const columns = [
  { title: "TASK", right: true as const },
  { title: "STATE" },
  { title: "BY" },
  { title: "HOW" },
  { title: "TITLE" },
]

const rowOf = (task: ShownTask) => [
  String(task.task_id),
  task.state,
  task.owner ?? "",
  howOf(task),
  task.title,
]

const howOf = ({ proof, waits_for: waits, checked }: ShownTask) => {
  if (proof) return proof === "word" ? "its word" : proof
  if (waits) return `after ${waits.join(", ")}`
  if (checked && !checked.passed) return `check failed (${checked.exit ?? "no exit code"})`
  return ""
}
