import type { Feed } from "../../mesh/streams/feed.ts"
import { toMeshError } from "../../mesh/model/errors.ts"
import { longestTimerMs } from "../../mesh/model/limits/numbers.ts"
import { keepAlive, renderFrame, renderRetry } from "./frames.ts"
import type { Sink } from "./http.ts"

/** What a source has for a stream: its number, and its event as text. */
export interface Framed {
  seq: number
  text: string
}

export interface Pace {
  /** How long a client waits before it connects again. */
  retryMs: number
  keepAliveMs: number
  /** A reader that takes nothing for so long, with more waiting, is ended. */
  patienceMs: number
}

export interface SubscriberDeps {
  feed: Pick<Feed<Framed>, "follow">
  after: number
  sink: Sink
  /** Until its token expires. */
  lifeMs: number
  pace: Pace
  onError: (error: unknown) => void
}

interface Ending {
  code: string
  detail: string
  next: string
}

const tooSlow: Ending = {
  code: "TOO_SLOW",
  detail: "This reader took nothing for too long, so its stream was ended.",
  next: "Connect again with Last-Event-ID: nothing is lost.",
}
const expired: Ending = {
  code: "TOKEN_EXPIRED",
  detail: "The token of this stream has expired.",
  next: "Ask for a new one with subscribe_inbox or meshfleet stream.",
}
const closed: Ending = {
  code: "SERVER_CLOSED",
  detail: "The process that serves this stream has closed it.",
  next: "Connect again with Last-Event-ID, once a server is there again.",
}

/**
 * Writes one stream until its reader leaves, and says why when it ends otherwise. No more is read from
 * the ledger than the reader takes: what waits for it is one event beyond what its connection holds.
 */
export const serveSubscriber = async ({
  feed,
  after,
  sink,
  lifeMs,
  pace,
  onError,
}: SubscriberDeps) => {
  const stop = new AbortController()
  let ending = closed
  const endAs = (why: Ending) => {
    if (stop.signal.aborted) return
    ending = why
    stop.abort()
  }
  const leave = () => endAs(closed)
  sink.gone.addEventListener("abort", leave, { once: true })
  if (sink.gone.aborted) leave()
  const life = setTimeout(() => endAs(expired), Math.min(lifeMs, longestTimerMs))
  const beat = setInterval(() => {
    if (!sink.isFull()) sink.write(keepAlive)
  }, pace.keepAliveMs)
  for (const timer of [life, beat]) timer.unref()

  const put = async (text: string) => {
    if (sink.write(text) || (await sink.drained(pace.patienceMs))) return
    endAs(tooSlow)
  }
  try {
    // A client that has seen no event yet resumes from here, and misses none.
    await put(
      renderRetry(pace.retryMs) + renderFrame({ event: "ready", id: after, data: { after } }),
    )
    for await (const items of feed.follow(after, stop.signal))
      for (const { text } of items) {
        await put(text)
        if (stop.signal.aborted) break
      }
  } catch (error) {
    onError(error)
    const { code, detail, next } = toMeshError(error)
    endAs(
      code === "INTERNAL"
        ? { code, detail: "This server failed.", next: "Its log says why." }
        : { code, detail, next },
    )
  } finally {
    sink.gone.removeEventListener("abort", leave)
    clearTimeout(life)
    clearInterval(beat)
  }
  sink.write(renderFrame({ event: "end", data: ending }))
}
