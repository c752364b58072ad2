import type { Messages } from "../../mesh/mail/messages.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { draft, draftFields, sentFields } from "./send-message.ts"
import { several } from "../define/live-lines.ts"
import description from "./send-messages.md" with { type: "text" }

export const sendMessages = ({ messages }: { messages: Messages }) =>
  defineTool({
    description,
    args: { messages: z.array(z.strictObject(draft)).min(1).max(1000) },
    help: { messages: [draftFields] },
    answer: { results: [sentFields] },
    async execute(args, caller) {
      const results = await messages.sendMany(caller, args.messages)
      return { title: several(results.length, "message"), result: { results } }
    },
  })
