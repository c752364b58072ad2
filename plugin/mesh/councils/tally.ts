import { type Ballot, type CastVote, standingVotes } from "./vote.ts"

/** `open` goes to one of the others once, and stays there. */
export type RatificationStatus = "open" | "ratified" | "rejected" | "expired"
export const silencePolicies = ["abstain", "approve"] as const
export type SilencePolicy = (typeof silencePolicies)[number]

export interface Voter {
  /** An agent's id, `lead` or `human`. */
  voter: string
  weight: number
  /** Without its approval nothing is ratified. */
  signoff: boolean
}

export interface Council {
  status: RatificationStatus
  quorum: number
  voters: readonly Voter[]
  silence: SilencePolicy
  deadlineAt: number | null
}

export interface Tally {
  status: RatificationStatus
  /** Weights. */
  approving: number
  declining: number
  silent: number
  /** In the order of the voters. */
  votes: (Voter & { vote: CastVote | undefined })[]
}

export const totalWeight = (voters: readonly Pick<Voter, "weight">[]) =>
  voters.reduce((sum, { weight }) => sum + weight, 0)

/** The deadline itself is still in time. */
export const isOver = ({ deadlineAt }: Pick<Council, "deadlineAt">, at: number) =>
  deadlineAt !== null && at > deadlineAt

/** How a council stands at an instant. Pure: the same ballots in any order give the same tally. */
export const tally = (council: Council, ballots: readonly Ballot[], at: number): Tally => {
  const standing = standingVotes(ballots.filter((ballot) => !isOver(council, ballot.at)))
  const votes = council.voters.map((voter) => ({ ...voter, vote: standing.get(voter.voter) }))
  const weightOf = (approve: boolean) =>
    totalWeight(votes.filter(({ vote }) => vote?.approve === approve))
  const [approving, declining] = [weightOf(true), weightOf(false)]
  const silent = totalWeight(votes) - approving - declining
  const counted = { approving, declining, silent, votes }
  return { status: resolve(council, counted, at), ...counted }
}

const resolve = (
  council: Council,
  { approving, silent, votes }: Omit<Tally, "status">,
  at: number,
): RatificationStatus => {
  const { status, quorum, silence } = council
  if (status !== "open") return status
  const signoffs = votes.filter(({ signoff }) => signoff)
  if (signoffs.some(({ vote }) => vote?.approve === false)) return "rejected"
  if (approving + silent < quorum) return "rejected"
  const isSignedOff = signoffs.every(({ vote }) => vote?.approve === true)
  if (approving >= quorum && isSignedOff) return "ratified"
  if (!isOver(council, at)) return "open"
  return silence === "approve" && isSignedOff ? "ratified" : "expired"
}
