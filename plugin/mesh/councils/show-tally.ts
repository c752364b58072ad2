import type { RatificationRow } from "../ledger/tables/councils/ratifications.ts"
import { isoTime } from "../model/limits/numbers.ts"
import { type Tally, totalWeight } from "./tally.ts"

/** As tools and the command line answer it. */
export const showTally = (row: RatificationRow, counted: Tally) => ({
  quorum: row.quorum,
  total: totalWeight(counted.votes),
  approving: counted.approving,
  declining: counted.declining,
  silent: counted.silent,
  votes: counted.votes.map(({ voter, weight, signoff, vote }) => ({
    voter,
    vote: vote === undefined ? null : vote.approve ? ("approve" as const) : ("decline" as const),
    weight,
    ...(signoff && { signoff }),
    ...(vote && vote.note !== null && { note: vote.note }),
  })),
  ...(row.deadline_at !== null && {
    deadline: isoTime(row.deadline_at),
    silence_policy: row.silence_policy,
  }),
})
