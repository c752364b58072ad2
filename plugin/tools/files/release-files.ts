import type { Reservations } from "../../mesh/reservations/reservations.ts"
import { line } from "../../mesh/model/limits/agent-shape.ts"
import { fleetId } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { meantFleet } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./release-files.md" with { type: "text" }

export const releaseFiles = ({ reservations }: { reservations: Reservations }) =>
  defineTool({
    description,
    args: {
      paths: z.array(line(500)).min(1).max(50).optional(),
      to: z.string().min(1).optional(),
      fleet_id: fleetId.optional(),
    },
    help: {
      paths: "as they were reserved, or a folder above; by default all",
      to: "an agent of the fleet that has them from now on, for half an hour, and is woken",
      fleet_id: meantFleet,
    },
    answer: {
      released: "what was reserved, from the root of the repository",
      to: "the name of whoever has it now",
    },
    async execute(args, caller) {
      const done = await reservations.release(caller, args)
      const to = done.to === undefined ? "released" : `handed to ${done.to}`
      return { title: `${several(done.released.length, "reservation")} ${to}`, result: done }
    },
  })
