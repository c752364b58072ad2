import { fleetMeant, isLeadOf, refuseDelegated, requireLead, requirePerson } from "../access.ts"
import {
  openRatifications,
  openRatificationsOfProject,
  ratificationById,
  type RatificationRow,
} from "../ledger/tables/councils/ratifications.ts"
import { insertReceipt } from "../ledger/tables/councils/receipts.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { fleetById } from "../ledger/tables/fleets.ts"
import { messageById, withdrawNoticesAbout } from "../ledger/tables/messages.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { requireMessage } from "../mail/known-message.ts"
import { type OutgoingDeps, repliesWithinCap } from "../mail/outgoing.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { mapInOrder } from "../model/in-order.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { everyone, leadName, personName } from "../model/message.ts"
import { askTheUser, openCouncil, type RatificationDraft } from "./opening.ts"
import { settleRatification, tallyOf } from "./resolution.ts"
import { showTally } from "./show-tally.ts"
import { nextAction } from "./vote.ts"

export interface RatificationsDeps extends OutgoingDeps {
  now: () => number
}

export interface VoteDraft {
  approve: boolean
  note?: string | undefined
}

/** Proposals that a fleet's agents, its lead and the person vote on. */
export const createRatifications = (deps: RatificationsDeps) => {
  const { ledger, isAlive, now } = deps

  const cast = async (
    caller: Caller,
    messageId: string,
    { approve, note }: VoteDraft,
    voterIn: (tx: Tx, row: RatificationRow) => Promise<string>,
  ) => {
    const outcome = await ledger.transact(async (tx) => {
      const row = await requireRatification(tx, caller, messageId)
      const voter = await voterIn(tx, row)
      const before = (await tallyOf(tx, row, tx.at)).votes.find((each) => each.voter === voter)
      if (!before) throw notAVoter(messageId, voter)
      const { status } = await settleRatification(tx, row, voter)
      // Thrown here it would take back the end that the deadline has brought.
      if (status !== "open") return closed((await ratificationById(tx, messageId))!)
      const action = nextAction(before.vote, approve)
      if (action !== undefined) {
        await insertReceipt(tx, { message_id: messageId, actor: voter, action, note: note ?? null })
        await appendEvent(tx, {
          type: "vote.cast",
          fleetId: row.fleet_id,
          agentId: caller.member?.agentId ?? null,
          data: { message_id: messageId, voter, approve, action, ...(note && { note }) },
        })
      }
      const counted = await settleRatification(tx, row, voter)
      return { ok: true as const, status: counted.status, tally: showTally(row, counted) }
    })
    if (outcome instanceof MeshError) throw outcome
    return outcome
  }

  const voterOf = (caller: Caller) => async (tx: Tx, row: RatificationRow) => {
    if (caller.member) return caller.member.agentId
    await requireLead(tx, caller, (await fleetById(tx, row.fleet_id))!, isAlive)
    return leadName
  }

  return {
    /** The lead's: what is ratified binds its agents, and it wakes them. */
    async open(caller: Caller, draft: RatificationDraft) {
      refuseDelegated(caller, "open a ratification")
      const fleet = await ledger.read((db) => fleetMeant(db, caller, draft.fleet_id))
      const claims = { to_agent_id: everyone, fleet_id: fleet.id }
      const autoReplies = await repliesWithinCap(deps, caller, claims)
      return ledger.transact(async (tx) => {
        await requireLead(tx, caller, (await fleetById(tx, fleet.id))!, isAlive)
        const opening = { fleetId: fleet.id, isPersons: caller.human, autoReplies }
        const row = await openCouncil(tx, opening, draft)
        const counted = await tallyOf(tx, row, tx.at)
        const isAsked = counted.votes.some(({ voter }) => voter === personName)
        return {
          message_id: row.message_id,
          status: row.status,
          tally: showTally(row, counted),
          ...(isAsked && { next: askTheUser(row.message_id) }),
        }
      })
    },

    /** As whoever the session is: a member as itself, the lead as the lead. */
    async vote(caller: Caller, messageId: string, draft: VoteDraft) {
      refuseDelegated(caller, "vote")
      if (caller.human)
        throw new MeshError(
          "NOT_ALLOWED",
          "A tool does not vote for a person: a model could be calling it.",
          "Vote with meshfleet vote, in a terminal outside OpenCode.",
        )
      return cast(caller, messageId, draft, voterOf(caller))
    },

    /** No tool leads here. */
    async voteAsPerson(caller: Caller, messageId: string, draft: VoteDraft) {
      requirePerson(caller, `vote as ${personName}`)
      return cast(caller, messageId, draft, async () => personName)
    },

    /** How it stands now; what the deadline has decided is written. */
    async tally(caller: Caller, messageId: string) {
      const seen = await ledger.read(async (db) => {
        const row = await requireRatification(db, caller, messageId)
        const isLead = isLeadOf(caller, (await fleetById(db, row.fleet_id))!)
        return { row, counted: await tallyOf(db, row, now()), isLead }
      })
      const { row, counted } = seen
      const isReadByLead = seen.isLead && !caller.human && caller.readsOnly === undefined
      if (counted.status !== "open" && (row.status === "open" || isReadByLead))
        await ledger.transact(async (tx) => {
          await settleRatification(tx, row, isReadByLead ? leadName : undefined)
          // Who has read how it ended needs no notice of it any more.
          if (isReadByLead) await withdrawNoticesAbout(tx, row.fleet_id, messageId)
        })
      return ledger.read(async (db) => {
        const settled = (await ratificationById(db, messageId))!
        const shown = await tallyOf(db, settled, now())
        return { status: shown.status, tally: showTally(settled, shown) }
      })
    },

    /** Of the caller's fleet, or of all fleets of its project. */
    async sweep(caller: Caller) {
      const unresolved = await ledger.read((db) =>
        caller.member
          ? openRatifications(db, caller.member.fleetId)
          : openRatificationsOfProject(db, caller.project),
      )
      let resolved = 0
      for (const row of unresolved) {
        const seen = await ledger.read((db) => tallyOf(db, row, now()))
        if (seen.status === "open") continue
        await ledger.transact(async (tx) => {
          const isOpen = (await ratificationById(tx, row.message_id))!.status === "open"
          if (isOpen && (await settleRatification(tx, row)).status !== "open") resolved++
        })
      }
      return { checked: unresolved.length, resolved }
    },

    /** Those of the project that are open, oldest first, for a person to choose from. */
    list: (caller: Caller) =>
      ledger.read(async (db) =>
        mapInOrder(await openRatificationsOfProject(db, caller.project), async (row) => ({
          message_id: row.message_id,
          fleet_id: row.fleet_id,
          subject: row.subject,
          /** The whole message, as voters read it. */
          proposal: (await messageById(db, row.message_id))!.payload,
          tally: showTally(row, await tallyOf(db, row, now())),
        })),
      ),
  }
}

export type Ratifications = ReturnType<typeof createRatifications>

export const requireRatification = async (db: Query, caller: Caller, messageId: string) => {
  await requireMessage(db, caller, messageId)
  const row = await ratificationById(db, messageId)
  if (row) return row
  throw new MeshError(
    "UNKNOWN_MESSAGE",
    `Message ${messageId} is no proposal.`,
    "Copy the id of the message that begins with Proposal.",
  )
}

const notAVoter = (messageId: string, voter: string) =>
  new MeshError(
    "NOT_A_VOTER",
    `"${voter}" has no vote on ${messageId}.`,
    "Who votes was fixed when it was opened; write to one of the voters instead.",
  )

const closed = ({ message_id, status, deadline_at }: RatificationRow) => {
  const deadline = deadline_at === null ? "" : `; its deadline was ${isoTime(deadline_at)}`
  return new MeshError(
    "RATIFICATION_CLOSED",
    `${message_id} is ${status}, and that is final${deadline}.`,
    "This vote was not counted. Go by the outcome, or ask the lead for a new proposal.",
  )
}
