import type { Results } from "../../mesh/fleets/results.ts"
import { fleetId, waitSeconds } from "../define/arguments.ts"
import { defineTool } from "../define/define-tool.ts"
import {
  agentFields,
  costField,
  meantFleet,
  budgetFields,
  errorFields,
  fleetStatus as fleetState,
  worktreeFields,
} from "../define/fields.ts"
import { wait } from "../define/fields.ts"
import description from "./fleet-status.md" with { type: "text" }
import { countByStatus, liveLines, waitingTitle } from "../define/live-lines.ts"

export const fleetStatus = ({ results }: { results: Results }) =>
  defineTool({
    description,
    args: { fleet_id: fleetId.optional(), wait_seconds: waitSeconds },
    help: { fleet_id: meantFleet, wait_seconds: wait },
    answer: {
      fleet: {
        fleet_id: "the fleet",
        name: "its name",
        status: fleetState,
        isolation: "`auto`, `process` or `shared`",
        max_parallel: "agents at work at once",
        created_at: "ISO time",
        completed_at: "ISO time, once it has ended",
        timeout_at: "ISO time, if it has a timeout",
        board: "how its tasks stand, if it has any",
        ...budgetFields,
      },
      agents: [
        {
          ...agentFields,
          pid: "of its host, or `null`",
          host_alive: "whether that process is alive",
          attempts: "how many so far",
          activity: "what it was last seen doing",
          last_tool: "the last tool it called, or `null`",
          age_ms: "since its first start (before that, since it was queued) until its end",
          tokens: "sent and received, cached ones included",
          cost_usd: costField,
          turns: "steps of the model",
          ...budgetFields,
          unread: "messages it has not acknowledged",
          blocked_on:
            "what it waits for: `provider`, `message`, or what it asked a person for; else `null`",
          rest: {
            provider: "that limits its rate, with `blocked_on: provider`",
            until: "ISO time",
            reason: "its words, and who tries it first once the rest is over",
          },
          question_id: "its open question, for `meshfleet answer`",

          silent_ms: "of a stalled agent: time since its last activity",
          queue_place: "its place in the queue, from 1",
          error: errorFields,
          ...worktreeFields,
        },
      ],
    },
    async execute({ fleet_id, wait_seconds }, caller, call) {
      const status = await results.status(caller, fleet_id, {
        wait_seconds,
        signal: call.signal,
        onProgress: (fleet, agents) =>
          call.progress(waitingTitle(fleet, agents), liveLines(agents)),
      })
      const { fleet, agents } = status
      return {
        title: `${fleet.name}: ${fleet.status}, ${countByStatus(agents)}`,
        result: status,
        metadata: {
          fleet_id: fleet.fleet_id,
          agents: agents.map((agent) =>
            [
              agent.name,
              agent.status,
              agent.activity,
              agent.blocked_on && `waits for ${agent.blocked_on}`,
            ]
              .filter(Boolean)
              .join(" · "),
          ),
        },
      }
    },
  })
