import * as z from "zod"
import { document, text, whole } from "./output.ts"

export const mergeOutputs = {
  one: document(
    "`merge`",
    z.object({
      fleet_id: text,
      complete: z.boolean().describe("Whether all that there is, is in"),
      branch: text.optional().describe("What holds the merged work; absent while nothing is in"),
      commit: text.optional(),
      take: text.optional().describe("How to take it"),
      note: text.optional().describe("The check fails without any of them"),
      check: z
        .enum(["passed"])
        .optional()
        .describe("The check was run over what holds the merged work now, and passes"),
      branches: z.array(
        z.object({
          agent_id: text,
          name: text,
          branch: text.optional(),
          state: text.describe("As in docs/merging.md"),
          saved: whole.optional().describe("Files committed for it"),
          files: z.array(text).optional().describe("In conflict"),
          others: z.array(z.object({ name: text, task: text, result: text })).optional(),
          output: text.optional().describe("The end of what the check printed"),
          detail: text.optional(),
          sent_to: text.optional().describe("The agent that is to mend it"),
          asked: z.array(text).optional().describe("The agents that are to approve it"),
          note: text.optional(),
        }),
      ),
      kept: z
        .array(z.object({ name: text, branch: text }))
        .optional()
        .describe("What others of the fleet made and nobody asked for: it stays as it is"),
      applied: z
        .object({ commit: text, into: text })
        .optional()
        .describe("With `--apply`: the branch that stands there now"),
    }),
  ),
}
