import { createHash } from "node:crypto"
import { MeshError } from "../model/errors.ts"
import type { Leases } from "../supervision/leases.ts"

export interface OneMergeDeps {
  leases: Leases
  pause: (ms: number) => Promise<void>
}

/** A holder that was killed loses its lease within 5 s. */
const tries = 30
const betweenMs = 300

/** Runs an act that is alone in its repository: its signal is aborted when the lease is lost. */
export const createOneMerge =
  ({ leases, pause }: OneMergeDeps) =>
  async <T>(
    repository: string,
    signal: AbortSignal | undefined,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const lost = new AbortController()
    const name = `merge-${createHash("sha256").update(repository).digest("hex").slice(0, 12)}`
    for (let left = tries; left > 0; left--) {
      if (signal?.aborted) break
      const lease = await leases.acquire(name, () => lost.abort())
      if (!lease) {
        await pause(betweenMs)
        continue
      }
      try {
        return await act(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal)
      } finally {
        await lease.release()
      }
    }
    throw new MeshError(
      "MERGE_BUSY",
      `Another merge is running in ${repository}.`,
      "Wait for its end, then merge again: what is in stays in.",
    )
  }
