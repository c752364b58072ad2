import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { appendEvent } from "../../mesh/ledger/tables/events.ts"
import { fleetsOfLead } from "../../mesh/ledger/tables/fleets.ts"
import { type DeliveredMessage, undelivered } from "../../mesh/ledger/tables/messages.ts"
import { forgetSession } from "../../mesh/ledger/tables/sessions.ts"
import { systemSender } from "../../mesh/model/message.ts"
import { cut } from "../../mesh/prompts.ts"
import type { Callers } from "../process/callers.ts"
import type { Sessions } from "../runtime/sessions.ts"

export interface LeadSessionsDeps {
  ledger: Ledger
  sessions: Pick<Sessions, "find" | "toast">
  callers: Pick<Callers, "ownedSessions" | "disown">
  directory: string
}

/** What one toast shows of a message. */
const toastLength = 300

/**
 * What a person does to the sessions of leads. In one with undone messages nothing is put: any prompt
 * would delete for good what may be redone. The fleets of one that was deleted go on without a lead.
 */
export const createLeadSessions = (deps: LeadSessionsDeps) => {
  const { ledger, sessions, callers, directory } = deps
  const shown = new Set<string>()

  const toast = (text: string) =>
    void sessions.toast(cut(text, toastLength), "info").catch(() => undefined)

  const letGo = async (sessionId: string) => {
    callers.disown(sessionId)
    const running = await ledger.transact(async (tx) => {
      await forgetSession(tx, sessionId)
      const fleets = await fleetsOfLead(tx, sessionId)
      for (const { id } of fleets)
        await appendEvent(tx, {
          type: "fleet.lead_deleted",
          fleetId: id,
          data: { session_id: sessionId },
        })
      return fleets.filter((fleet) => fleet.status === "running")
    })
    for (const { id, name } of running)
      toast(
        `The session that led fleet ${id} "${name}" was deleted. Its agents go on; the next session of this project is told of them.`,
      )
  }

  /** Whether the session may be prompted. What was deleted is let go of. */
  const isOpen = async (sessionId: string) => {
    const state = await sessions.find(sessionId, directory)
    if (state) return !state.hasUndone
    await letGo(sessionId)
    return false
  }

  /** Each message once, however often it comes by. */
  const show = (messages: readonly DeliveredMessage[]) => {
    for (const message of messages) {
      if (shown.has(message.id)) continue
      shown.add(message.id)
      toast(describe(message))
    }
  }

  return {
    isOpen,
    show,

    /** What waits for undone messages to be redone or replaced, for the person to see. */
    showWaiting: async (recipient: string) =>
      show(await ledger.read((db) => undelivered(db, recipient))),

    /** Lets go of what was deleted in another OpenCode. */
    async lookForDeleted() {
      for (const sessionId of callers.ownedSessions())
        if ((await ledger.read((db) => fleetsOfLead(db, sessionId))).length > 0)
          await isOpen(sessionId)
    },
  }
}

/** Up to its first full stop that is in no quotation: what follows tells the model what to do. */
const firstSentence = /^(?:`[^`]*`|[^`])*?\.(?=\s+[A-Z]|$)/

/** In a person's words. */
const describe = (message: DeliveredMessage) => {
  const { from_agent_id, type, payload, correlation_id } = message
  if (from_agent_id !== systemSender)
    return `${type} from ${from_agent_id}, not in the conversation while messages are undone: ${payload}`
  const [line = ""] = payload.split("\n")
  const [told = line] = firstSentence.exec(line) ?? []
  return isQuestion(message)
    ? `${told} Answer in /fleets, or in a terminal: meshfleet answer ${correlation_id}`
    : told
}

/** A notice about a question carries its id. */
const isQuestion = ({ type, correlation_id }: DeliveredMessage) =>
  type === "request_help" && correlation_id?.startsWith("ask_") === true
