import { fleetStatuses } from "../../mesh/model/agent.ts"
import type { Fleets } from "../../mesh/fleets/fleets.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./list-fleets.md" with { type: "text" }

export const listFleets = ({ fleets }: { fleets: Fleets }) =>
  defineTool({
    description,
    args: {
      status: z.enum(fleetStatuses).optional(),
      limit: z.number().int().min(1).max(100).default(20),
    },
    async execute(args, caller) {
      const list = await fleets.list(caller, args)
      return { title: `${list.fleets.length} fleets`, result: list }
    },
  })
