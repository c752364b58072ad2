import { reservationModes } from "../../mesh/ledger/tables/files/reservations.ts"
import { defaultMinutes, type Reservations } from "../../mesh/reservations/reservations.ts"
import { line } from "../../mesh/model/limits/agent-shape.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { several } from "../define/live-lines.ts"
import description from "./reserve-files.md" with { type: "text" }

export const reserveFiles = ({ reservations }: { reservations: Reservations }) =>
  defineTool({
    description,
    args: {
      paths: z.array(line(500)).min(1).max(50),
      reason: line(200),
      mode: z.enum(reservationModes).default("exclusive"),
      minutes: z.number().int().min(1).max(240).default(defaultMinutes),
    },
    help: {
      paths:
        "files, folders with all below them, or globs (`*`, `?`, `**`), relative to your directory",
      reason: "what others read whose edit is refused",
      mode: "`exclusive`, or `shared` with whoever reserves the same as shared",
      minutes: "when it ends at the latest",
    },
    answer: {
      reserved: "paths and globs from the root of the repository",
      mode: "as given",
      until: "ISO time",
    },
    async execute(args, caller) {
      const made = await reservations.reserve(caller, args)
      return {
        title: `${several(made.reserved.length, "reservation")}: ${made.reserved[0]}`,
        result: made,
      }
    },
  })
