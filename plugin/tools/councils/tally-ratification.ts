import type { Ratifications } from "../../mesh/councils/ratifications.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { ratificationStatus, tallyFields } from "../define/fields.ts"
import description from "./tally-ratification.md" with { type: "text" }

export const tallyRatification = ({ ratifications }: { ratifications: Ratifications }) =>
  defineTool({
    description,
    args: { message_id: z.string().min(1) },
    help: { message_id: "the proposal" },
    answer: { status: ratificationStatus, tally: tallyFields },
    async execute({ message_id }, caller) {
      const result = await ratifications.tally(caller, message_id)
      return { title: `${message_id}: ${result.status}`, result }
    },
  })
