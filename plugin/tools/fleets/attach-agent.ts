import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { fleetId, newAgent } from "../define/arguments.ts"
import description from "./attach-agent.md" with { type: "text" }
import { defineTool } from "../define/define-tool.ts"

export const attachAgent = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: { fleet_id: fleetId.optional(), ...newAgent },
    async execute({ fleet_id, ...draft }, caller) {
      const attached = await fleets.attach(caller, fleet_id, draft)
      return { title: `${attached.name} joins ${attached.fleet_id}`, result: attached }
    },
  })
