import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { fleetId, newAgent, newAgentFields } from "../define/arguments.ts"
import { meantFleet, agentFields } from "../define/fields.ts"
import description from "./attach-agent.md" with { type: "text" }
import { defineTool } from "../define/define-tool.ts"

export const attachAgent = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: { fleet_id: fleetId.optional(), ...newAgent },
    help: { fleet_id: meantFleet, ...newAgentFields },
    answer: { ...agentFields, fleet_id: "the fleet it joins" },
    async execute({ fleet_id, ...draft }, caller) {
      const attached = await fleets.attach(caller, fleet_id, draft)
      return { title: `${attached.name} joins ${attached.fleet_id}`, result: attached }
    },
  })
