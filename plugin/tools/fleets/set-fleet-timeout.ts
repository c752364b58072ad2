import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { deadlineMs, fleetId } from "../define/arguments.ts"
import { defineTool } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import description from "./set-fleet-timeout.md" with { type: "text" }

export const setFleetTimeout = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: { fleet_id: fleetId.optional(), timeout_ms: deadlineMs },
    help: {
      fleet_id: meantFleet,
      timeout_ms: "counted from this call; replaces an earlier timeout",
    },
    answer: { ok: "`true`", fleet_id: "the fleet", timeout_ms: "as given" },
    async execute({ fleet_id, timeout_ms }, caller) {
      const set = await fleets.setTimeout(caller, fleet_id, timeout_ms)
      return { title: `${set.fleet_id}: ${timeout_ms} ms`, result: set }
    },
  })
