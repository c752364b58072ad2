import type { Results } from "../../mesh/fleets/results.ts"
import { fleetId, waitSeconds } from "../define/arguments.ts"
import { defineTool } from "../define/define-tool.ts"
import description from "./fleet-status.md" with { type: "text" }
import { liveLines } from "../define/live-lines.ts"

export const fleetStatus = ({ results }: { results: Results }) =>
  defineTool({
    description,
    args: { fleet_id: fleetId.optional(), wait_seconds: waitSeconds },
    async execute({ fleet_id, wait_seconds }, caller, call) {
      const status = await results.status(caller, fleet_id, {
        wait_seconds,
        signal: call.signal,
        onProgress: (fleet, agents) => call.progress(`${fleet.name}: waiting`, liveLines(agents)),
      })
      return { title: `${status.fleet.name}: ${status.fleet.status}`, result: status }
    },
  })
