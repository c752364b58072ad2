import type { Results } from "../../mesh/fleets/results.ts"
import { agentId, fleetId, waitSeconds } from "../define/arguments.ts"
import {
  agentFields,
  costField,
  errorFields,
  fleetStatus,
  meantFleet,
  wait,
  worktreeFields,
} from "../define/fields.ts"
import description from "./collect-results.md" with { type: "text" }
import { defineTool, z } from "../define/define-tool.ts"
import { countByStatus, liveLines, waitingTitle } from "../define/live-lines.ts"

export const collectResults = ({ results }: { results: Results }) =>
  defineTool({
    description,
    args: {
      fleet_id: fleetId.optional(),
      wait_seconds: waitSeconds,
      agent_ids: z.array(agentId).min(1).max(64).optional(),
    },
    help: {
      fleet_id: meantFleet,
      wait_seconds: wait,
      agent_ids: "ids or names; by default all",
    },
    answer: {
      fleet_id: "the fleet",
      status: fleetStatus,
      complete: "whether all of them have ended, with no mail left that would wake them",
      board: "how its tasks stand, where it has some",
      note: "present while it is not complete: why, or who is still at work",
      results: [
        {
          ...agentFields,
          output: "the final answer, or what it has said so far",
          partial: "`true` unless the agent is complete",
          blocked_on: "present while it runs and waits: a question to the person, or `message`",
          earlier: [
            {
              answered: "`task`, or what it was asked and by whom, such as `question from tester`",
              output:
                "what it answered then, shortened when there is much of it, or when you have read it before and did not name its agent",
            },
          ],
          files: "paths it changed with its tools; edits by shell commands are not known",
          failed_check: {
            command: "the last check that failed and did not pass since",
            exit: "its exit code",
            output: "the end of what it printed",
          },
          error: errorFields,
          attempts: "how many it took",
          duration_ms: "from its first start to its end, or until now",
          tokens: "sent and received, cached ones included",
          cost_usd: costField,
          session_id: "its session in OpenCode; `null` before it has one",
          ...worktreeFields,
        },
      ],
    },
    async execute({ fleet_id, wait_seconds, agent_ids }, caller, call) {
      const collected = await results.collect(caller, fleet_id, agent_ids, {
        wait_seconds,
        signal: call.signal,
        onProgress: (fleet, agents) =>
          call.progress(waitingTitle(fleet, agents), liveLines(agents)),
      })
      const { results: found } = collected
      const ended = found.filter((result) => !result.partial).length
      return {
        title: `${ended} of ${found.length} results: ${countByStatus(found)}`,
        result: collected,
        metadata: {
          fleet_id: collected.fleet_id,
          agents: found.map(({ name, status, error }) =>
            [name, status, error?.code].filter(Boolean).join(" · "),
          ),
        },
      }
    },
  })
