/**
 * Who may supervise a fleet.
 *
 * Contract: at most one holder per fleet at a time, over all processes. `acquire` answers undefined
 * when somebody else holds it and never waits. A lease whose holder died becomes free within 5 s.
 * `onLost` is called at most once, when the lease was taken from a holder that was too slow to renew
 * it; it is never thrown. `release` is idempotent and never throws.
 */
export interface Leases {
  acquire(fleetId: string, onLost: () => void): Promise<Lease | undefined>
}

export interface Lease {
  /**
   * How long nobody had renewed it when it was taken, in ms: what its former holder, who died or stood
   * still, left behind. 0 where nobody held it.
   */
  readonly silentMs: number
  release(): Promise<void>
}
