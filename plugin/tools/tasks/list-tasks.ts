import { taskStates } from "../../mesh/ledger/tables/board/tasks.ts"
import type { Tasks } from "../../mesh/tasks/tasks.ts"
import { fleetId } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import { boardField, shownTaskFields, taskId } from "../define/task-arguments.ts"
import description from "./list-tasks.md" with { type: "text" }

export const listTasks = ({ tasks }: { tasks: Tasks }) =>
  defineTool({
    description,
    args: {
      task_id: taskId.optional(),
      state: z.enum(taskStates).optional(),
      fleet_id: fleetId.optional(),
    },
    help: {
      task_id: "all of this one, with what was noted and what its check came to",
      state: "those in this state; by default all that are neither done nor cancelled",
      fleet_id: meantFleet,
    },
    answer: { board: boardField, tasks: [shownTaskFields] },
    async execute(args, caller) {
      const listed = await tasks.list(caller, args)
      return { title: listed.board, result: listed }
    },
  })
