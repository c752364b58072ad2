import { receiptAction, type Receipts } from "../../mesh/mail/receipts.ts"
import { note } from "../define/arguments.ts"
import { defineTool, z } from "../define/define-tool.ts"
import { receiptFields } from "../define/fields.ts"
import description from "./receipt.md" with { type: "text" }

export const receipt = ({ receipts }: { receipts: Receipts }) =>
  defineTool({
    description,
    args: {
      message_id: z.string().min(1),
      action: z.string().regex(receiptAction, "1 to 64 small letters, digits, _ . : or -"),
      note: note.optional(),
    },
    help: {
      message_id: "one that you sent or received; a lead may name any of its fleet",
      action:
        "one word; `approved:` or `declined:` with a commit is a reviewer's (`merge_agents`, `approved_by`); those of deliveries (`acked`, …) and votes (`r-…`) write themselves",
      note: "what else there is to say of it",
    },
    answer: { receipt: receiptFields },
    async execute({ message_id, action, note }, caller) {
      const written = await receipts.write(caller, message_id, action, note)
      return { title: `${message_id}: ${action}`, result: { receipt: written } }
    },
  })
