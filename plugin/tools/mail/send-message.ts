import type { Messages } from "../../mesh/mail/messages.ts"
import { agentId, fleetId, messageType } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./send-message.md" with { type: "text" }

/** One message, as `send_message` and `send_messages` take it. */
export const draft = {
  to_agent_id: agentId,
  type: messageType,
  payload: z.union([z.string().min(1), z.record(z.string(), z.unknown())]),
  fleet_id: fleetId.optional(),
  from_agent_id: agentId.optional(),
  correlation_id: z.string().min(1).max(128).optional(),
  wake: z.boolean().optional(),
  whole: z.boolean().optional(),
}

export const sendMessage = ({ messages }: { messages: Messages }) =>
  defineTool({
    description,
    args: draft,
    async execute(args, caller) {
      const sent = await messages.send(caller, args)
      return { title: `${args.type} to ${args.to_agent_id}`, result: sent }
    },
  })
