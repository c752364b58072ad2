import type { Messages } from "../../mesh/mail/messages.ts"
import { agentId, waitSeconds } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./get-inbox.md" with { type: "text" }

export const getInbox = ({ messages }: { messages: Messages }) =>
  defineTool({
    description,
    args: {
      agent_id: agentId.optional(),
      since: z.string().min(1).optional(),
      limit: z.number().int().min(1).max(100).default(20),
      wait_seconds: waitSeconds,
    },
    async execute(args, caller, { signal }) {
      const page = await messages.inbox(caller, args, signal)
      return { title: `${page.messages.length} messages`, result: page }
    },
  })
