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
    help: {
      agent_id: "by default your own inbox; a lead may read its agents' too",
      since: "the `cursor` of the last answer; by default everything unacknowledged",
      limit: "how many at most",
      wait_seconds: "how long to wait for a message if there is none",
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
      arriving: "how many were left out because they are on their way into your session",
    },
    async execute(args, caller, { signal }) {
      const page = await messages.inbox(caller, args, signal)
      return { title: `${page.messages.length} messages`, result: page }
    },
  })
