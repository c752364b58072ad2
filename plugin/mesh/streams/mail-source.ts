import type { Query } from "../ledger/port.ts"
import { fleetsOfLead } from "../ledger/tables/fleets.ts"
import { renderMessage } from "../mail/inbox.ts"
import { inboxPage } from "../mail/inbox-page.ts"
import { mapInOrder } from "../model/in-order.ts"
import { leadRecipient } from "../model/message.ts"
import type { StreamScope } from "./scope.ts"
import type { Source } from "./source.ts"

// A page is held in memory while it is written: with the longest payloads that is 1 MiB.
const pageSize = 16

export interface FiledMail {
  seq: number
  message: Awaited<ReturnType<typeof renderMessage>>
}

/** The newest message there is, whoever it is for; 0 when there was none yet. */
const lastMessage = async (db: Query) =>
  (await db.get<{ seq: number | null }>("SELECT max(seq) AS seq FROM messages"))?.seq ?? 0

/** The messages of an inbox by the numbers that are `get_inbox`'s cursors, payloads in full. */
export const mailOf = (scope: Exclude<StreamScope, { kind: "project" }>): Source<FiledMail> => {
  const recipientsOf = async (db: Query) =>
    scope.kind === "inbox"
      ? [scope.recipient]
      : (await fleetsOfLead(db, scope.session)).map(({ id }) => leadRecipient(id))
  return {
    newest: lastMessage,
    async page(db, after) {
      const page = await inboxPage(db, await recipientsOf(db), after, pageSize)
      return {
        items: await mapInOrder(page.messages, async (row) => ({
          seq: row.seq,
          message: await renderMessage(db, row, { whole: true }),
        })),
        cursor: page.messages.at(-1)?.seq ?? after,
        hasMore: page.remaining > 0,
      }
    },
  }
}
