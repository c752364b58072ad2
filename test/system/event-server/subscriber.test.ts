import { describe, expect, test } from "bun:test"
import type { Feed } from "../../../plugin/mesh/streams/feed.ts"
import { eventually } from "../../support/eventually.ts"
import type { Sink } from "../../../plugin/system/event-server/http.ts"
import { type Framed, serveSubscriber } from "../../../plugin/system/event-server/subscriber.ts"

/** Has a thousand events, and says how many it was asked for. */
const createFeed = (pageSize: number) => {
  const asked = { pages: 0 }
  const feed = {
    newest: async () => 0,
    async *follow(after: number, signal: AbortSignal) {
      for (let seq = after; seq < 1000 && !signal.aborted; seq += pageSize) {
        asked.pages++
        yield Array.from({ length: pageSize }, (_, at) => ({
          seq: seq + at + 1,
          text: `${seq + at + 1} `,
        }))
      }
    },
  } as Feed<Framed>
  return { feed, asked }
}

/** Takes so many texts until it is full; the test makes room. */
const createSink = (room: number) => {
  const gone = new AbortController()
  let written = ""
  let waiting: ((hasRoom: boolean) => void) | undefined
  const sink: Sink = {
    gone: gone.signal,
    isFull: () => room <= 0,
    write(text) {
      written += text
      return --room > 0
    },
    drained: (patienceMs) =>
      new Promise((resolve) => {
        waiting = resolve
        setTimeout(() => resolve(false), patienceMs)
      }),
  }
  return {
    sink,
    written: () => written,
    leave: () => gone.abort(),
    isWaitedFor: () => waiting !== undefined,
    makeRoom(more: number) {
      room = more
      const go = waiting
      waiting = undefined
      go?.(true)
    },
  }
}

const pace = { retryMs: 7, keepAliveMs: 60_000, patienceMs: 20 }
const serve = (
  feed: Feed<Framed>,
  sink: Sink,
  more: Partial<Parameters<typeof serveSubscriber>[0]> = {},
) =>
  serveSubscriber({
    feed,
    after: 0,
    sink,
    lifeMs: 60_000,
    pace,
    onError: () => undefined,
    ...more,
  })

describe("a subscriber", () => {
  test("gets no more than it takes: nothing is read from the ledger for one who is full", async () => {
    const { feed, asked } = createFeed(10)
    const { sink, written } = createSink(15)
    await serve(feed, sink)
    // The preamble, 14 events, and the end.
    expect(
      written()
        .match(/^\d+ |(?<= )\d+ /gm)
        ?.at(-1),
    ).toBe("14 ")
    expect(asked.pages).toBe(2)
    expect(written()).toEndWith(
      `event: end\ndata: {"code":"TOO_SLOW","detail":"This reader took nothing for too long, so its stream was ended.","next":"Connect again with Last-Event-ID: nothing is lost."}\n\n`,
    )
  })

  test("that takes something within its patience goes on", async () => {
    const { feed } = createFeed(10)
    const world = createSink(5)
    const serving = serve(feed, world.sink, { pace: { ...pace, patienceMs: 5000 } })
    await eventually(world.isWaitedFor)
    world.makeRoom(10_000)
    await serving
    expect(world.written()).toContain("999 1000 ")
    expect(world.written()).not.toContain("TOO_SLOW")
  })

  test("that has left costs no further page", async () => {
    const { feed, asked } = createFeed(10)
    const world = createSink(15)
    const serving = serve(feed, world.sink, { pace: { ...pace, patienceMs: 50 } })
    await eventually(world.isWaitedFor)
    world.leave()
    await serving
    expect(asked.pages).toBe(2)
    expect(world.written()).not.toContain("TOO_SLOW")
  })
})
