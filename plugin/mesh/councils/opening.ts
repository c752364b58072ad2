import type { Tx } from "../ledger/port.ts"
import { insertRatification, ratificationById } from "../ledger/tables/councils/ratifications.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import { isWaitingToBegin } from "../mail/mail-wait.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { liftCaps } from "../mail/caps.ts"
import { encodePayload, fileMessage, type Payload } from "../mail/outgoing.ts"
import { type Recipient, recipientsOf } from "../mail/recipients.ts"
import { mapInOrder } from "../model/in-order.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { everyone, leadName, leadRecipient, personName } from "../model/message.ts"
import { parseDeadline } from "./deadline.ts"
import { type SilencePolicy, totalWeight, type Voter } from "./tally.ts"
import { votersOf, type VotersDraft } from "./voters.ts"

export interface RatificationDraft extends VotersDraft {
  fleet_id?: string | undefined
  subject: string
  payload?: Payload | undefined
  deadline?: string | undefined
  silence_policy?: SilencePolicy | undefined
}

interface Opening {
  fleetId: string
  /** The person has opened it: then the lead reads it as mail, like everybody else. */
  isPersons: boolean
  autoReplies: number
}

/** Writes the proposal and mails it to the fleet. Voters wake for it, whoever else has ended does not. */
export const openCouncil = async (
  tx: Tx,
  { fleetId, isPersons, autoReplies }: Opening,
  draft: RatificationDraft,
) => {
  const voters = await votersOf(tx, fleetId, draft)
  const silence = draft.silence_policy ?? "abstain"
  const deadlineAt = draft.deadline === undefined ? null : parseDeadline(draft.deadline, tx.at)
  const text = await proposalText(tx, draft, { voters, silence, deadlineAt })
  if (isPersons) await liftCaps(tx, fleetId)
  const { message_id } = await fileMessage(tx, {
    fleetId,
    viaLead: false,
    to: everyone,
    recipients: await recipientsFor(tx, fleetId, voters, isPersons),
    type: "question",
    payload: encodePayload(text),
    autoReplies,
  })
  await insertRatification(tx, {
    message_id,
    fleet_id: fleetId,
    subject: draft.subject,
    quorum: draft.quorum,
    voters: JSON.stringify(voters),
    silence_policy: silence,
    deadline_at: deadlineAt,
  })
  await appendEvent(tx, {
    type: "ratification.opened",
    fleetId,
    data: {
      message_id,
      subject: draft.subject,
      quorum: draft.quorum,
      voters: voters.map(({ voter }) => voter),
      ...(deadlineAt !== null && { deadline: isoTime(deadlineAt) }),
    },
  })
  return (await ratificationById(tx, message_id))!
}

/** For whoever opened it: no model votes for the user. */
export const askTheUser = (messageId: string) =>
  `Only the user votes as ${personName}, in a terminal outside OpenCode: meshfleet vote ${messageId} approve (or decline). You cannot; tell the user.`

const recipientsFor = async (
  tx: Tx,
  fleetId: string,
  voters: readonly Voter[],
  isPersons: boolean,
): Promise<Recipient[]> => {
  const voting = new Set(voters.map(({ voter }) => voter))
  const everybody = await recipientsOf(tx, fleetId, undefined, {
    to_agent_id: everyone,
    type: "question",
  })
  const agents = await mapInOrder(everybody, async (recipient) =>
    voting.has(recipient.id)
      ? {
          ...recipient,
          wake: true,
          begins: isWaitingToBegin((await agentById(tx, recipient.id))!),
        }
      : recipient,
  )
  const lead = { id: leadRecipient(fleetId), shown: leadName, wake: true, begins: false }
  return isPersons && voting.has(leadName) ? [...agents, lead] : agents
}

/** What is to be done stands first: of a long message only the beginning is shown at once. */
const proposalText = async (
  tx: Tx,
  { subject, payload, quorum }: RatificationDraft,
  rules: { voters: readonly Voter[]; silence: SilencePolicy; deadlineAt: number | null },
) => {
  const { voters, silence, deadlineAt } = rules
  const nameOf = async ({ voter }: Voter) => (await agentById(tx, voter))?.name ?? voter
  const names = await mapInOrder(voters, nameOf)
  const signing = await mapInOrder(
    voters.filter(({ signoff }) => signoff),
    nameOf,
  )
  const conditions = [
    `Ratified by ${quorum} of ${totalWeight(voters)}`,
    ...(signing.length > 0 ? [`with the approval of ${signing.join(", ")}`] : []),
    ...(deadlineAt === null ? [] : [`until ${isoTime(deadlineAt)}`]),
    ...(deadlineAt !== null && silence === "approve" ? ["after which silence approves"] : []),
  ].join(", ")
  return [
    `Proposal: ${subject}`,
    `Voters: ${names.join(", ")}. ${conditions}. A voter calls cast_vote with the id of this message.`,
    ...(payload === undefined
      ? []
      : ["", typeof payload === "string" ? payload : JSON.stringify(payload)]),
  ].join("\n")
}
