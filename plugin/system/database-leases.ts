import { randomUUID } from "node:crypto"
import { dropLease, renewLease, takeLease } from "../mesh/ledger/postgres/leases.ts"
import type { PostgresLedger } from "../mesh/ledger/postgres/ledger.ts"
import type { Leases } from "../mesh/supervision/leases.ts"

/** The first two are those of the lock files. */
const usual = {
  staleMs: 5000,
  renewMs: 2000,
  /** After a failed renewal there is time for several more before the lease runs out. */
  againMs: 500,
  /** A process that was stopped for a while asks first whether anybody has missed it. */
  leastAnswerMs: 1000,
}

/** Leases as rows of the ledger's database, renewed by whoever lives. */
export const createDatabaseLeases = (
  ledger: Pick<PostgresLedger, "statement">,
  { staleMs, renewMs, againMs, leastAnswerMs } = usual,
): Leases => ({
  async acquire(fleetId, onLost) {
    const holder = randomUUID()
    let renewedAt = performance.now()
    const taken = await takeLease(ledger, fleetId, holder, staleMs)
    if (!taken) return undefined

    let over = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const wait = (ms: number) => {
      if (over) return
      timer = setTimeout(() => void renew(), ms)
      timer.unref?.()
    }
    const lose = () => {
      if (over) return
      over = true
      onLost()
    }
    const renew = async () => {
      const askedAt = performance.now()
      const leftMs = renewedAt + staleMs - askedAt
      const renewed = await Promise.race([
        renewLease(ledger, fleetId, holder, staleMs).catch(() => undefined),
        after(Math.max(leftMs, leastAnswerMs)),
      ])
      if (renewed === false) return lose()
      if (renewed) renewedAt = askedAt
      // Nobody answers, and somebody else may have it by now.
      else if (performance.now() - renewedAt >= staleMs) return lose()
      wait(renewed ? renewMs : againMs)
    }
    wait(renewMs)
    return {
      silentMs: taken.silentMs,
      async release() {
        if (over) return
        over = true
        clearTimeout(timer)
        await dropLease(ledger, fleetId, holder).catch(() => undefined)
      },
    }
  },
})

const after = (ms: number) =>
  new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref?.()
  })
