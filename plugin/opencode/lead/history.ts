import type { Retention } from "../../mesh/retention/retention.ts"

export interface HistoryDeps {
  retention: Pick<Retention, "pruneWhenDue">
  project: string
  /** For how long ended fleets are kept; undefined: for good. */
  retentionMs: number | undefined
  /** Nothing is taken away by what an agent has started. */
  isInsideAgent: () => boolean
  onError: (error: unknown) => void
  firstMs?: number
  everyMs?: number
}

/** Once a session has begun, and often enough to meet a calm moment: a look is one read. */
const [usualFirstMs, usualEveryMs] = [20_000, 600_000]

/** An OpenCode that is open keeps its project's history bounded. */
export const keepHistory = (deps: HistoryDeps) => {
  const { firstMs = usualFirstMs, everyMs = usualEveryMs } = deps
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const next = (ms: number) => {
    if (isClosed) return
    timer = setTimeout(() => void look(), ms)
    timer.unref?.()
  }
  const look = async () => {
    try {
      if (!deps.isInsideAgent()) await deps.retention.pruneWhenDue(deps.project, deps.retentionMs)
    } catch (error) {
      // A step that was under way meets a closed ledger; the next process goes on.
      if (!isClosed) deps.onError(error)
    }
    next(everyMs)
  }
  next(firstMs)
  return {
    close() {
      isClosed = true
      clearTimeout(timer)
    },
  }
}
