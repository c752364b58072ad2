import { defineCommand, json } from "../define/command.ts"
import { requireFleetOf } from "../mesh/pick-fleet.ts"
import { tasksOutputs } from "../outputs/work.ts"
import { renderTasks } from "../render/render-tasks.ts"
import { print, printJson } from "../terminal/terminal.ts"

export const tasks = defineCommand({
  name: "tasks",
  summary: "Show the board of a fleet: its tasks, who has them and how they stand",
  usage: ["tasks <fleet> [--json]"],
  options: { json },
  outputs: tasksOutputs,
  takes: { least: 1, most: 1 },
  async run({ values, positionals: [wanted] }, context) {
    const { terminal } = context
    const { meshProcess, person, project } = await context.mesh()
    const fleet = await meshProcess.ledger.read((db) => requireFleetOf(db, project, wanted!))
    const board = await meshProcess.tasks.whole(person, fleet.id)
    if (values.json) return printJson(terminal, tasksOutputs.all, board)
    print(terminal, renderTasks(board, terminal.columns()).join("\n"))
  },
})
