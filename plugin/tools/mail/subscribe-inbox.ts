import type { Streams } from "../../mesh/streams/streams.ts"
import { agentId } from "../define/arguments.ts"
import { defineTool } from "../define/define-tool.ts"
import description from "./subscribe-inbox.md" with { type: "text" }

export const subscribeInbox = ({ streams }: { streams: Streams }) =>
  defineTool({
    description,
    args: { agent_id: agentId.optional() },
    help: { agent_id: "by default your own inbox; a lead may name any of its agents" },
    answer: {
      stream_url: "where it is served while this OpenCode runs; begins with the next message",
      token_file: "holds the token; readable by the user alone",
      expires_at: "ISO time: the end of the token",
      instructions: "how a program reads it, and resumes",
    },
    async execute({ agent_id }, caller) {
      const result = await streams.subscribeInbox(caller, agent_id)
      return { title: `${agent_id ?? "own inbox"} until ${result.expires_at}`, result }
    },
  })
