import type { Results } from "../../mesh/fleets/results.ts"
import { agentId, fleetId, waitSeconds } from "../define/arguments.ts"
import description from "./collect-results.md" with { type: "text" }
import { defineTool, z } from "../define/define-tool.ts"
import { liveLines } from "../define/live-lines.ts"

export const collectResults = ({ results }: { results: Results }) =>
  defineTool({
    description,
    args: {
      fleet_id: fleetId.optional(),
      wait_seconds: waitSeconds,
      agent_ids: z.array(agentId).min(1).max(64).optional(),
    },
    async execute({ fleet_id, wait_seconds, agent_ids }, caller, call) {
      const collected = await results.collect(caller, fleet_id, agent_ids, {
        wait_seconds,
        signal: call.signal,
        onProgress: (fleet, agents) => call.progress(`${fleet.name}: waiting`, liveLines(agents)),
      })
      const ended = collected.results.filter((result) => !result.partial).length
      return { title: `${ended} of ${collected.results.length} results`, result: collected }
    },
  })
