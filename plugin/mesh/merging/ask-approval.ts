import type { Ledger } from "../ledger/ledger.ts"
import { hasWakingMail, highestHop } from "../ledger/tables/messages.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import type { Messages } from "../mail/messages.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { errorText } from "../model/errors.ts"
import { renderVerdict } from "../mail/verdict.ts"
import { renderReview, type Review } from "../prompts.ts"
import { canBeWoken } from "./send-back.ts"

interface AskApprovalDeps {
  ledger: Ledger
  messages: Pick<Messages, "send">
}

export interface Asked {
  /** Who is at it now. */
  asked?: string[]
  /** Why somebody is not. */
  note?: string
}

/** Shows commits to those whose approval they need; each is asked of a commit once. */
export const createAskApproval =
  ({ ledger, messages }: AskApprovalDeps) =>
  async (
    caller: Caller,
    judges: readonly AgentRow[],
    review: Omit<Review, "approve" | "decline">,
  ): Promise<Asked> => {
    const say = (approves: boolean) =>
      review.tips.map((commit) => renderVerdict({ approves, commit }))
    const payload = renderReview({ ...review, approve: say(true), decline: say(false) })
    const asked: string[] = []
    const notes: string[] = []
    for (const { id, name, fleet_id, status, ...judge } of judges) {
      const correlation = `approve ${id} ${review.tips.map((tip) => tip.slice(0, 12)).join(" ")}`
      const isAsked = (await ledger.read((db) => highestHop(db, fleet_id, correlation))) >= 0
      const isAtIt = !isEnded(status) || (await ledger.read((db) => hasWakingMail(db, id)))
      if (isAsked && isAtIt) asked.push(id)
      else if (isAsked) notes.push(`"${name}" was asked, and has not said anything since`)
      else if (isEnded(status) && !canBeWoken({ status, ...judge }))
        notes.push(`"${name}" could not be asked: it is ${status}`)
      else
        try {
          await messages.send(caller, {
            fleet_id,
            to_agent_id: id,
            type: "question",
            payload,
            correlation_id: correlation,
            wake: true,
            whole: true,
          })
          asked.push(id)
        } catch (error) {
          notes.push(`"${name}" could not be asked: ${errorText(error)}`)
        }
    }
    return {
      ...(asked.length > 0 && { asked }),
      ...(notes.length > 0 && { note: notes.join("; ") }),
    }
  }
