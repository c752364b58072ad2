import type { Merges } from "../../mesh/merging/merges.ts"
import { agentId, fleetId, waitSeconds } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import description from "./merge-agents.md" with { type: "text" }

export const mergeAgents = ({ merges }: { merges: Merges }) =>
  defineTool({
    description,
    args: {
      fleet_id: fleetId.optional(),
      agent_ids: z.array(agentId).min(1).max(64).optional(),
      check: z.string().min(1).max(2000).optional(),
      squash: z.boolean().optional(),
      batch: z.boolean().optional(),
      approved_by: z.array(agentId).min(1).max(64).optional(),
      ratification_id: z.string().min(1).optional(),
      wait_seconds: waitSeconds,
    },
    help: {
      fleet_id: meantFleet,
      agent_ids: "whose branches, in this order; by default all, in the order in which they ended",
      check:
        "a line for the shell, run in the merged tree within your own permissions; a branch that fails it is left out",
      squash: "one commit for each agent in place of its own commits",
      batch: "one check for all; what fails it is found by halves",
      approved_by:
        "agents who have to approve a branch first, by a receipt with the action `approved:<commit>`; none approves its own, and who has not yet is asked",
      ratification_id:
        "a proposal that has to be ratified first, and names the commits in its text; the vote of a branch's author does not count for it",
      wait_seconds: "how long to wait for those that mend or approve a branch, and to try again",
    },
    answer: {
      fleet_id: "the fleet",
      complete: "whether all that there is, is in",
      branch: "what holds the merged work; it fits onto your branch without a merge",
      commit: "where it stands",
      take: "how to take it",
      note: "present when the check fails without any of them",
      check: "`passed` when the check was run over what holds the merged work now",
      branches: [
        {
          agent_id: "whose it is",
          name: "of the agent",
          branch: "its branch",
          state:
            "`merged`, `conflict`, `check_failed`, `unfinished` (git is in the middle of something there), `not_approved`, `failed`, `held` (what it depends on is not in), `at_work` or `unchanged`",
          saved: "how many files it had not committed, which are committed for it",
          files: "in conflict",
          others: [
            {
              name: "of an agent whose work is in and changed them",
              task: "what it was to do",
              result: "what it said in the end",
            },
          ],
          output: "the end of what the check printed",
          detail: "why",
          sent_to: "the id of the agent that is to mend it now",
          asked: "the ids of the agents that are to approve it now",
          note: "when nobody was asked to mend or to approve it: why",
        },
      ],
      kept: [
        {
          name: "of an agent that `agent_ids` leaves out and whose work is not in",
          branch: "its branch, which stays as it is",
        },
      ],
    },
    async execute({ fleet_id, ...options }, caller, call) {
      const report = await merges.mergeAll(caller, fleet_id, {
        ...options,
        signal: call.signal,
        onProgress: (line) => call.progress(line, {}),
      })
      const merged = report.branches.filter(({ state }) => state === "merged").length
      return {
        title: `${merged} of ${report.branches.length} branches merged`,
        result: report,
        metadata: { branches: report.branches.map(({ name, state }) => `${name} · ${state}`) },
      }
    },
  })
