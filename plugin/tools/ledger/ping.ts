import { defineTool } from "../define/define-tool.ts"
import description from "./ping.md" with { type: "text" }

export const ping = ({ now }: { now: () => number }) =>
  defineTool({
    description,
    args: {},
    help: {},
    answer: { status: "`ok`", timestamp: "now" },
    async execute() {
      return {
        title: "ok",
        result: { status: "ok", timestamp: new Date(now()).toISOString() },
      }
    },
  })
