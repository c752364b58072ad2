import type { Tasks } from "../../mesh/tasks/tasks.ts"
import { fleetId, note } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import {
  boardField,
  checkFields,
  listedTaskFields,
  taskId,
  taskStateField,
} from "../define/task-arguments.ts"
import description from "./update-task.md" with { type: "text" }

export const updateTask = ({ tasks }: { tasks: Tasks }) =>
  defineTool({
    description,
    args: {
      task_id: taskId,
      state: z.enum(["review", "done", "blocked", "open", "cancelled"]).optional(),
      note: note.optional(),
      fleet_id: fleetId.optional(),
    },
    help: {
      task_id: "its number on the board",
      state:
        "what it becomes; a lead may set any, an owner all but `cancelled`, others `done` or `open` for what is in review",
      note: "what is to be known of it, kept with it",
      fleet_id: meantFleet,
    },
    answer: {
      task_id: "as given",
      state: taskStateField,
      why: "present when its check failed: what became of it",
      proof: listedTaskFields.proof,
      check: checkFields,
      now_free: "tasks that can be claimed from now on",
      board: boardField,
    },
    async execute(args, caller, call) {
      const updated = await tasks.update(caller, args, call.signal)
      return {
        title: `task ${updated.task_id}: ${updated.check?.passed === false ? "its check failed" : updated.state}`,
        result: updated,
      }
    },
  })
