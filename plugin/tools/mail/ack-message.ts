import type { Messages } from "../../mesh/mail/messages.ts"
import { actingAs } from "../define/fields.ts"
import description from "./ack-message.md" with { type: "text" }
import { agentId } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"

export const ackMessage = ({ messages }: { messages: Messages }) =>
  defineTool({
    description,
    args: { message_id: z.string().min(1), agent_id: agentId.optional() },
    help: { message_id: "the message", agent_id: actingAs },
    answer: { ok: "`true`" },
    async execute({ message_id, agent_id }, caller) {
      const result = await messages.acknowledge(caller, message_id, agent_id)
      return { title: `${message_id} acknowledged`, result }
    },
  })
