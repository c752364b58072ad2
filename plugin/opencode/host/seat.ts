/** So many streams in a row that end without a reason end the turn. */
export const maxCuts = 3

/** One agent's session in this host. */
export interface Seat {
  agentId: string
  sessionId: string
  directory: string
  systemText: string
  /** Everything done to one session is done in order. */
  tail: Promise<void>
  error: string | undefined
  nudges: number
  /** Answers in a row whose stream ended without a reason. */
  cuts: Set<string>
  wrapUpSent: boolean
  stopping: boolean
  /** The session went idle, and nothing of that could be written yet. */
  unjudged: boolean
  deliveredAt: number
  /** The rule sets that bind its session; unknown at first. */
  boundBy: string | undefined
}

export const newSeat = (
  of: Pick<Seat, "agentId" | "sessionId" | "directory" | "systemText">,
): Seat => ({
  ...of,
  tail: Promise.resolve(),
  error: undefined,
  nudges: 0,
  cuts: new Set(),
  wrapUpSent: false,
  stopping: false,
  unjudged: false,
  deliveredAt: 0,
  boundBy: undefined,
})
