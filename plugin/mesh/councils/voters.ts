import { refuseEnded, requireAgent } from "../access.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import type { Query } from "../ledger/port.ts"
import { MeshError } from "../model/errors.ts"
import { everyone, leadName, personName } from "../model/message.ts"
import { totalWeight, type Voter } from "./tally.ts"

/** Beyond that a weight is a mistake, and a sum of them is still exact. */
export const maxWeight = 1_000_000
export const maxTotalWeight = 10_000_000

/** Who votes, as a call says it: by any name an agent is called by. */
export interface VotersDraft {
  quorum: number
  voters?: readonly string[] | undefined
  required_signoffs?: readonly string[] | undefined
  weights?: Readonly<Record<string, number>> | undefined
}

/** Fixed at opening: all agents that are not cancelled, unless the call names who votes. */
export const votersOf = async (
  db: Query,
  fleetId: string,
  { quorum, voters, required_signoffs: signoffs = [], weights = {} }: VotersDraft,
): Promise<Voter[]> => {
  const all = (await agentsOfFleet(db, fleetId))
    .filter(({ status }) => status !== "cancelled")
    .map(({ id }) => id)
  const idOf = async (called: string) => {
    if (called === leadName || called === personName) return called
    const agent = await requireAgent(db, fleetId, called)
    refuseEnded(agent)
    return agent.id
  }
  const voting = new Set<string>()
  // Who has to approve votes, without being named twice.
  for (const called of voters ?? [everyone, ...signoffs])
    for (const id of called === everyone ? all : [await idOf(called)]) voting.add(id)
  if (voting.size === 0) throw invalid("voters", `fleet ${fleetId} has nobody left who could vote`)
  const votingId = async (field: string, called: string) => {
    const id = await idOf(called)
    if (voting.has(id)) return id
    throw invalid(field, `"${called}" is no voter`)
  }
  const required = new Set<string>()
  for (const called of signoffs) required.add(await votingId("required_signoffs", called))
  const weighed = new Map<string, number>()
  for (const [called, weight] of Object.entries(weights)) {
    const id = await votingId("weights", called)
    if (weighed.has(id)) throw invalid("weights", `"${called}" is there twice`)
    weighed.set(id, weight)
  }
  const result = [...voting].map((voter) => ({
    voter,
    weight: weighed.get(voter) ?? 1,
    signoff: required.has(voter),
  }))
  const total = totalWeight(result)
  if (total > maxTotalWeight)
    throw invalid("weights", `all together are ${total}; the limit is ${maxTotalWeight}`)
  if (quorum > total)
    throw invalid("quorum", `${quorum} is out of reach: the voters have ${total} together`)
  return result
}

const invalid = (field: string, detail: string) =>
  new MeshError(
    "INVALID_ARGUMENT",
    `${field}: ${detail}.`,
    "Correct this and call again; nothing was changed.",
  )
