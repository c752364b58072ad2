import * as z from "zod"
import { errorCodes } from "../../mesh/model/errors.ts"
import { lines, text } from "./output.ts"

/** Of any command, in place of its own output. */
export const failure = lines(
  "any command that fails",
  z.object({
    error: z.object({
      code: z
        .enum(["USAGE", ...errorCodes])
        .describe("USAGE: the command was not understood, and the exit code is 2"),
      detail: text.describe("What happened, with the values"),
      next: text.describe("One next step"),
    }),
  }),
)
