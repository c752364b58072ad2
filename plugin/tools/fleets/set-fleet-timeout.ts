import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { fleetId } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./set-fleet-timeout.md" with { type: "text" }

export const setFleetTimeout = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: { fleet_id: fleetId.optional(), timeout_ms: z.number().int().min(1) },
    async execute({ fleet_id, timeout_ms }, caller) {
      const set = await fleets.setTimeout(caller, fleet_id, timeout_ms)
      return { title: `${set.fleet_id}: ${timeout_ms} ms`, result: set }
    },
  })
