import type { Tasks } from "../../mesh/tasks/tasks.ts"
import { defineTool } from "../define/define-tool.ts"
import { boardField, shownTaskFields, taskId } from "../define/task-arguments.ts"
import description from "./claim-task.md" with { type: "text" }

export const claimTask = ({ tasks }: { tasks: Tasks }) =>
  defineTool({
    description,
    args: { task_id: taskId.optional() },
    help: { task_id: "its number on the board; by default the open one that fits you best" },
    answer: {
      task: {
        ...shownTaskFields,
        begun_by: "who had it before and gave it back",
        begun_in: "the folder in which that agent worked",
        branch: "the branch of that agent's worktree",
      },
      board: boardField,
    },
    async execute({ task_id }, caller, { signal }) {
      const { task, board } = await tasks.claim(caller, task_id, signal)
      return {
        title: task ? `${task.task_id}: ${task.title}` : `nothing to claim: ${board}`,
        result: { task, board },
      }
    },
  })
