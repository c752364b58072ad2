import type { EventDoc } from "./event-doc.ts"

const task = "its number on the board"

/** What becomes of the tasks of a fleet's board. */
export const taskEvents = {
  "task.added": {
    when: "`add_tasks` or `spawn_fleet` puts a task on the board",
    of: "fleet or agent",
    data: { task, title: "as given" },
  },
  "task.claimed": {
    when: "an agent takes a task",
    of: "agent",
    data: { task, claim: "which claim of the task it is, from 1" },
  },
  "task.given_back": {
    when: "a claim ends without its work being done: the task is open again",
    of: "agent",
    data: { task, claim: "the one that ended", cause: "why" },
  },
  "task.checked": {
    when: "the acceptance command of a task has run",
    of: "agent",
    data: {
      task,
      passed: "whether it counts as done",
      exit: "its exit code, or `null`",
      duration_ms: "how long it took",
    },
  },
  "task.moved": {
    when: "`update_task` changes the state of a task otherwise",
    of: "fleet or agent",
    data: {
      task,
      from: "the state before",
      to: "`review`, `done`, `blocked`, `open` or `cancelled`",
      proof: "of what is done: `check`, `review`, `lead` or `word`",
    },
  },
  "task.offered": {
    when: "an agent whose turn is over is told of tasks that it could claim, or of one that it still has",
    of: "agent",
    data: { tasks: "their numbers" },
  },
} as const satisfies Record<string, EventDoc>
