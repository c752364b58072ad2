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
      message_id: z.string().min(1).optional(),
      offset: z.number().int().min(0).default(0),
    },
    async execute({ message_id, offset, ...args }, caller, { signal }) {
      if (message_id !== undefined) {
        const part = await messages.readOn(caller, message_id, offset)
        return { title: `${message_id} from ${offset}`, result: part }
      }
      const page = await messages.inbox(caller, args, signal)
      return { title: `${page.messages.length} messages`, result: page }
    },
  })
