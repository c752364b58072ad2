import { tallyOf } from "../councils/resolution.ts"
import { showTally } from "../councils/show-tally.ts"
import type { Query } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import type { RatificationRow } from "../ledger/tables/councils/ratifications.ts"
import { messageById } from "../ledger/tables/messages.ts"
import { mapInOrder } from "../model/in-order.ts"
import { cut } from "../prompts.ts"
import type { CouncilShown } from "./shown.ts"

const mostCouncils = 20
const mostProposal = 4000

/** The councils of a fleet, the newest first, those that have ended among them. */
export const councilsOf = async (
  db: Query,
  fleetId: string,
  at: number,
): Promise<CouncilShown[]> => {
  const rows = await db.all<RatificationRow>(
    "SELECT * FROM ratifications WHERE fleet_id = ? ORDER BY opened_at DESC, message_id LIMIT ?",
    fleetId,
    mostCouncils,
  )
  return mapInOrder(rows, async (row) => {
    const tally = showTally(row, await tallyOf(db, row, at))
    return {
      id: row.message_id,
      fleetId,
      subject: row.subject,
      proposal: cut((await messageById(db, row.message_id))?.payload ?? "", mostProposal),
      status: row.status,
      quorum: tally.quorum,
      total: tally.total,
      approving: tally.approving,
      declining: tally.declining,
      openedAt: row.opened_at,
      resolvedAt: row.resolved_at,
      deadlineAt: row.deadline_at,
      votes: await mapInOrder(tally.votes, async ({ voter, weight, vote, ...more }) => ({
        voter: (await agentById(db, voter))?.name ?? voter,
        weight,
        signoff: "signoff" in more && Boolean(more.signoff),
        vote,
        note: "note" in more ? (more.note ?? null) : null,
      })),
    }
  })
}
