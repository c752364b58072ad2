/** A process that we killed or froze, and what hung on it at that moment. */
export interface Strike {
  at: number
  pid: number
  how: "killed" | "frozen"
  /** Names of the agents that worked in it. */
  agents: readonly string[]
  heldLease: boolean
  /** Somebody was left who could take over. */
  attended: boolean
}

/** Milliseconds until somebody went on. */
export interface Recovery {
  killed: readonly number[]
  frozen: readonly number[]
  lease: readonly number[]
}

export interface History {
  /** Agents' requests to the model, by name. */
  requests: readonly { at: number; agent: string }[]
  /** When an agent was brought to work. */
  running: readonly { at: number; agent: string }[]
  /** When a process took the lease. */
  supervised: readonly { at: number; pid: number }[]
}

/**
 * How long each strike cost. One that is followed by another before anybody went on is not counted:
 * the second one is. Nor is one that left nobody to take over: the next session does, whenever the
 * person opens it.
 */
export const measureRecovery = (strikes: readonly Strike[], history: History): Recovery => {
  const attended = strikes.filter((strike) => strike.attended)
  const toRequest = (how: Strike["how"]) =>
    attended
      .filter((strike) => strike.how === how)
      .flatMap((strike) =>
        strike.agents.flatMap((agent) => {
          const began = history.running.find((each) => each.agent === agent && each.at >= strike.at)
          const request =
            began && history.requests.find((each) => each.agent === agent && each.at >= began.at)
          if (!request) return []
          const isHitAgain = strikes.some(
            (later) =>
              later.at > strike.at && later.at < request.at && later.agents.includes(agent),
          )
          return isHitAgain ? [] : [request.at - strike.at]
        }),
      )
  const lease = attended
    .filter((strike) => strike.how === "killed" && strike.heldLease)
    .flatMap((strike) => {
      const next = history.supervised.find(
        (each) => each.at >= strike.at && each.pid !== strike.pid,
      )
      if (!next) return []
      const isHitAgain = strikes.some((later) => later.at > strike.at && later.at < next.at)
      return isHitAgain ? [] : [next.at - strike.at]
    })
  return { killed: toRequest("killed"), frozen: toRequest("frozen"), lease }
}
