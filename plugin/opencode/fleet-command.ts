/** What `/fleet <task>` tells the lead. `$ARGUMENTS` is OpenCode's placeholder. */
export const fleetCommand = (endsWithTurn: boolean) => ({
  description: "Give a task to a fleet of agents",
  template: `Have this done by a small fleet of agents that work in parallel and message each other:

$ARGUMENTS

1. Split the task into two to five pieces that need different work, and note what depends on what. If it is one piece, say so and do it yourself.
2. For each piece call route_work with a description in English that names its technologies. Take the best match whose reason fits the piece; if none fits, leave agent out.
3. Call spawn_fleet once. Each prompt stands alone: the goal, the files or data it starts from, what its result must contain, and which peers (by name) it hands work to. waits: true for one that begins with what a peer hands it. Where several change the same code: worktree: true, and merge_agents when they have ended. Where pieces follow each other or outnumber the agents: tasks, which they claim.
4. ${endsWithTurn ? waitHere : endTurn}
5. Report: what was done, by whom, what was checked, what is open. Say plainly where an agent failed.`,
})

const endTurn =
  "End your turn. Mail and, when all have ended, the results reach you as messages; answer what agents ask you."

const waitHere =
  "Call collect_results with wait_seconds 600 until complete is true: this is opencode run, which ends with your turn. A question or alert for you ends a wait: answer it."
