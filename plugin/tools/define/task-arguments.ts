import { line } from "../../mesh/model/limits/agent-shape.ts"
import { z } from "./define-tool.ts"

const newTask = z.strictObject({
  title: line(120),
  description: z.string().min(1).max(20_000).optional(),
  after: z
    .array(z.union([z.string().min(1), z.number().int().min(1)]))
    .max(100)
    .optional(),
  check: line(500).optional(),
})

export const newTasks = z.array(newTask).min(1).max(100)

/** Whoever spawns a fleet is told in the tool's own words what a task has: most fleets have none. */
export const toldTasks = z.array(z.looseObject({}))

/** A member's every request pays for each word. */
export const toldNewTasks = z.array(
  z.object({
    title: z.string(),
    description: z.string().optional(),
    after: z.array(z.string()).optional(),
    check: z.string().optional(),
  }),
)

export const newTaskFields = {
  title: "one line, unique on the board if others name it",
  description: "all that whoever claims it needs to know",
  after: "tasks that have to be done before: titles, or numbers on the board",
  check: "its acceptance command: programs with arguments, joined by `&&`, without a shell",
} as const

export const taskId = z.number().int().min(1).max(1_000_000)

export const taskStateField = "`open`, `claimed`, `review`, `done`, `blocked` or `cancelled`"
export const boardField = "how the whole board stands"

export const listedTaskFields = {
  task_id: "its number on the board",
  title: "as given",
  state: taskStateField,
  owner: "the name of whoever has it, or did it",
  waits_for: "tasks that have to be done before",
  proof:
    "why it is done: its `check` passed, a `review` by another agent, the `lead` says so, or only its owner's `word`",
} as const

export const checkFields = {
  passed: "whether it ended with exit code 0",
  exit: "its exit code; `null` if it could not begin or ran out of time",
  output: "the end of what it printed, if it failed",
  duration_ms: "how long it took",
} as const

export const shownTaskFields = {
  ...listedTaskFields,
  description: "as given",
  check: "its acceptance command",
  notes: "what was said of it so far",
  checked: checkFields,
  claims: "how often it was claimed, if more than once",
  changed_at: "ISO time",
} as const
