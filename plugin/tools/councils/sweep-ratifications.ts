import type { Ratifications } from "../../mesh/councils/ratifications.ts"
import { defineTool } from "../define/define-tool.ts"
import description from "./sweep-ratifications.md" with { type: "text" }

export const sweepRatifications = ({ ratifications }: { ratifications: Ratifications }) =>
  defineTool({
    description,
    args: {},
    help: {},
    answer: {
      checked: "how many were open, in your fleet or in the project",
      resolved: "how many of them have ended",
    },
    async execute(_, caller) {
      const result = await ratifications.sweep(caller)
      return { title: `${result.resolved} of ${result.checked} resolved`, result }
    },
  })
