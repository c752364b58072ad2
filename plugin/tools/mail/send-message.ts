import type { Messages } from "../../mesh/mail/messages.ts"
import { agentId, fleetId, line, messageType, payload } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import description from "./send-message.md" with { type: "text" }

/** One message, as `send_message` and `send_messages` take it. */
export const draft = {
  to_agent_id: agentId,
  type: messageType,
  payload,
  fleet_id: fleetId.optional(),
  from_agent_id: agentId.optional(),
  correlation_id: line(128).optional(),
  wake: z.boolean().optional(),
  whole: z.boolean().optional(),
}

export const draftFields = {
  to_agent_id: "id, name, specialist or role of an agent, `lead`, or `*` for the whole fleet",
  type: "the kind of message",
  payload: "the content, up to 65,536 bytes",
  fleet_id: "needed when you lead several fleets",
  from_agent_id: "by default you; a lead may send in the name of one of its agents",
  correlation_id: "the same for all messages of one exchange",
  whole: "for a `handoff`: enters the recipient's context whole, however long it is",
  wake: "whether it wakes idle recipients; by default it does, but a broadcast does not wake ended ones",
} as const

export const sentFields = {
  message_id: "the message",
  recipients: "agent ids, and `lead`",
  reads_it:
    "when the agent that was named reads it: before its next step, when it begins, or woken",
} as const

export const sendMessage = ({ messages }: { messages: Messages }) =>
  defineTool({
    description,
    args: draft,
    help: draftFields,
    answer: sentFields,
    async execute(args, caller) {
      const sent = await messages.send(caller, args)
      return { title: `${args.type} to ${args.to_agent_id}`, result: sent }
    },
  })
