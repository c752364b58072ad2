/** A vote as its receipt has it: `r-ack` and `r-decline` are a voter's first, `r-ack:2` its second. */
export interface Vote {
  approve: boolean
  /** A voter's own count of its votes: the highest stands. */
  n: number
}

/** How receipts of votes begin, which nobody writes but by voting. */
export const votePrefix = "r-"

/** Undefined for a receipt that is no vote. */
export const parseVote = (action: string): Vote | undefined => {
  const [, word, n] = /^r-(ack|decline)(?::([1-9]\d{0,8}))?$/.exec(action) ?? []
  return word === undefined ? undefined : { approve: word === "ack", n: Number(n ?? 1) }
}

const renderVote = ({ approve, n }: Vote) =>
  `${votePrefix}${approve ? "ack" : "decline"}${n === 1 ? "" : `:${n}`}`

export interface Ballot {
  actor: string
  action: string
  at: number
  note: string | null
}

/** A vote that was cast. */
export interface CastVote extends Vote {
  at: number
  note: string | null
}

/** Whether `a` stands over `b`: the later count, then the later time, then the decline. */
const standsOver = (a: CastVote, b: CastVote) =>
  a.n !== b.n ? a.n > b.n : a.at !== b.at ? a.at > b.at : b.approve && !a.approve

/** What each actor's vote is now, whichever order the ballots come in. */
export const standingVotes = (ballots: readonly Ballot[]): Map<string, CastVote> => {
  const standing = new Map<string, CastVote>()
  for (const { actor, action, at, note } of ballots) {
    const vote = parseVote(action)
    if (!vote) continue
    const cast = { ...vote, at, note }
    const before = standing.get(actor)
    if (!before || standsOver(cast, before)) standing.set(actor, cast)
  }
  return standing
}

/** The receipt to write for a vote; none when it is what stands already. */
export const nextAction = (standing: Vote | undefined, approve: boolean): string | undefined =>
  standing?.approve === approve ? undefined : renderVote({ approve, n: (standing?.n ?? 0) + 1 })
