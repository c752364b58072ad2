import { maxPayloadBytes } from "../../mesh/model/message.ts"
import type { Messages } from "../../mesh/mail/messages.ts"
import { agentId, waitSeconds } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { several } from "../define/live-lines.ts"
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
      offset: z.number().int().min(0).max(maxPayloadBytes).default(0),
    },
    help: {
      agent_id: "by default your own inbox; a lead may read its agents' too",
      since: "the `cursor` of the last answer; by default everything unacknowledged",
      limit: "how many at most",
      wait_seconds: "how long to wait for a message if there is none",
      message_id: "reads on in this long message instead",
      offset: "where to read on",
    },
    answer: {
      messages: [
        {
          id: "the message",
          from_agent_id: "an agent id, `lead`, or `meshfleet` for a notice",
          to_agent_id: "as sent: an agent id, `lead` or `*`",
          fleet_id: "the fleet",
          type: "the kind of message",
          payload: "as sent: a text or an object",
          correlation_id: "as sent",
          via: "`lead` if the lead sent it in an agent's name",
          timestamp: "ISO time",
          acknowledged: "whether every recipient has acknowledged it",
          recipients: "of a message to several recipients: agent ids and `lead`",
        },
      ],
      cursor: "pass it as `since` next time",
      remaining: "how many more there are after this page",
      note: "present when there is no message, but news that follows the answer",
      arriving: "how many were left out because they are on their way into your session",
    },
    async execute({ message_id, offset, ...args }, caller, { signal }) {
      const result =
        message_id === undefined
          ? await messages.inbox(caller, args, signal)
          : await messages.readOn(caller, message_id, offset)
      const title =
        "messages" in result
          ? several(result.messages.length, "message")
          : `${message_id} from ${offset}`
      return { title, result }
    },
  })
