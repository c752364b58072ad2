import type { Changes } from "../mesh/ledger/changes.ts"
import { createOverview, type OverviewDeps } from "../mesh/views/overview.ts"
import { renderFrame } from "../system/event-server/frames.ts"
import type { Answer, Asked } from "../system/event-server/http.ts"
import { Refusal } from "../system/event-server/refusal.ts"
import { type Framed, type Pace, serveSubscriber } from "../system/event-server/subscriber.ts"

export interface LiveDeps extends OverviewDeps {
  /** Shown as long as nobody chooses. */
  project: string
  changes: Pick<Changes, "until">
  onError: (error: unknown) => void
  pace?: Partial<LivePace>
}

export interface LivePace extends Pace {
  /** The shortest time between two frames: what happens meanwhile comes together. */
  gapMs: number
  /** What no commit tells, such as a process that died, is looked at so often. */
  idleMs: number
}

const usualPace: LivePace = {
  retryMs: 1000,
  keepAliveMs: 15_000,
  patienceMs: 10_000,
  // With what a page takes to draw it, each change is seen within half a second.
  gapMs: 330,
  idleMs: 3000,
}

/** In place of a project. */
const everyProject = "*"
/** Each looks at the ledger by itself. */
const mostReaders = 16

/** The state of the project, and then what changes in it, for as long as a page is open. */
export const createLive = (deps: LiveDeps) => {
  const { changes, onError } = deps
  const pace = { ...usualPace, ...deps.pace }
  let readers = 0

  return async ({ query }: Asked): Promise<Answer> => {
    if (readers >= mostReaders)
      throw new Refusal(
        503,
        "TOO_MANY_SUBSCRIBERS",
        `${mostReaders} pages are open already.`,
        "Close one of them.",
        { "retry-after": "5" },
      )
    const wanted = query.get("project") ?? deps.project
    const chosen = {
      project: wanted === everyProject ? undefined : wanted,
      fleets: (query.get("fleets") ?? "").split(",").filter(Boolean),
    }
    return {
      status: 200,
      headers: { "content-type": "text/event-stream; charset=utf-8" },
      async body(sink) {
        readers++
        try {
          const overview = createOverview(deps, chosen)
          const feed = {
            async *follow(
              _after: number,
              signal: AbortSignal,
            ): AsyncGenerator<Framed[], void, void> {
              let seq = 0
              while (!signal.aborted) {
                const data = await changes.until(() => overview.news(), {
                  timeoutMs: pace.idleMs,
                  signal,
                })
                if (!data || signal.aborted) continue
                yield [{ seq: ++seq, text: renderFrame({ data }) }]
                await pause(pace.gapMs, signal)
              }
            },
          }
          // As long as the command runs, whose secrets end with it.
          await serveSubscriber({ feed, after: 0, sink, lifeMs: Infinity, pace, onError })
        } finally {
          readers--
        }
      },
    }
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener("abort", done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener("abort", done, { once: true })
  })
