import type { Ratifications } from "../../mesh/councils/ratifications.ts"
import { note } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { ratificationStatus, tallyFields } from "../define/fields.ts"
import description from "./cast-vote.md" with { type: "text" }

export const castVote = ({ ratifications }: { ratifications: Ratifications }) =>
  defineTool({
    description,
    args: { message_id: z.string().min(1), approve: z.boolean(), note: note.optional() },
    help: {
      message_id: "the proposal",
      approve: "`false` declines; the vote that stands already writes nothing",
      note: "why; the lead reads it in the tally",
    },
    answer: { ok: "`true`", status: ratificationStatus, tally: tallyFields },
    async execute({ message_id, ...draft }, caller) {
      const result = await ratifications.vote(caller, message_id, draft)
      return { title: `${message_id}: ${draft.approve ? "approve" : "decline"}`, result }
    },
  })
