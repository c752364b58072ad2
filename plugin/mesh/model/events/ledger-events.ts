import type { EventDoc } from "./event-doc.ts"

/** What happens to the ledger as a whole. */
export const ledgerEvents = {
  "ledger.imported": {
    when: "a person imports another ledger; the history that follows it is that one's, and older",
    of: "neither",
    data: {
      from: "`meshfleet` or `agent-mesh`",
      fingerprint: "of the content, if it can be imported once only",
    },
  },
} as const satisfies Record<string, EventDoc>
