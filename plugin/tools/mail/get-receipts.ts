import type { Receipts } from "../../mesh/mail/receipts.ts"
import { mostOfAnything } from "../../mesh/model/limits/numbers.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { receiptFields } from "../define/fields.ts"
import { several } from "../define/live-lines.ts"
import description from "./get-receipts.md" with { type: "text" }

export const getReceipts = ({ receipts }: { receipts: Receipts }) =>
  defineTool({
    description,
    args: {
      message_id: z.string().min(1),
      offset: z.number().int().min(0).max(mostOfAnything).default(0),
    },
    help: { message_id: "one that you sent or received", offset: "where to read on" },
    answer: {
      receipts: [receiptFields],
      remaining: "how many more there are after this page",
      next_offset: "pass it as `offset` for them",
    },
    async execute({ message_id, offset }, caller) {
      const result = await receipts.list(caller, message_id, offset)
      return { title: `${several(result.receipts.length, "receipt")} of ${message_id}`, result }
    },
  })
