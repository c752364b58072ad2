import type { Tasks } from "../../mesh/tasks/tasks.ts"
import { fleetId } from "../define/arguments.ts"
import { defineTool } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import { boardField, newTaskFields, newTasks, toldNewTasks } from "../define/task-arguments.ts"
import description from "./add-tasks.md" with { type: "text" }

export const addTasks = ({ tasks }: { tasks: Tasks }) =>
  defineTool({
    description,
    args: { tasks: newTasks, fleet_id: fleetId.optional() },
    told: { tasks: toldNewTasks },
    help: { tasks: [newTaskFields], fleet_id: meantFleet },
    answer: {
      fleet_id: "whose board it is",
      task_ids: "their numbers on the board, in the order given",
      board: boardField,
    },
    async execute(args, caller) {
      const added = await tasks.add(caller, args.fleet_id, args.tasks)
      return { title: `${several(args.tasks.length, "task")}: ${added.board}`, result: added }
    },
  })
