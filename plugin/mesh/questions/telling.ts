import { agentById } from "../ledger/tables/agents.ts"
import type { Tx } from "../ledger/port.ts"
import { withdrawNoticesAbout } from "../ledger/tables/messages.ts"
import type { QuestionRow } from "../ledger/tables/rows.ts"
import { notifyLead } from "../mail/notices.ts"
import { cut, inQuotes } from "../prompts.ts"

/** As much of what is asked, or answered, as one line holds. */
const longest = 120

/**
 * A lead that was told that somebody waits hears how it was decided, with whatever it is told next: it
 * has nothing to do about it, so no turn begins for it. One that had not read it yet hears nothing.
 */
export const tellDecided = async (
  tx: Tx,
  { id, fleet_id, agent_id, wanted }: QuestionRow,
  answer: string,
  reason?: string,
) => {
  if ((await withdrawNoticesAbout(tx, fleet_id, id)) > 0) return
  const agent = (await agentById(tx, agent_id))!
  const said = [answer, reason].flatMap((text) => (text ? [inQuotes(cut(text, longest))] : []))
  await notifyLead(
    tx,
    fleet_id,
    `The user answered what "${agent.name}" of ${fleet_id} asked, ${inQuotes(cut(wanted, longest))}: ${said.join(", ")}.`,
    "aside",
  )
}
