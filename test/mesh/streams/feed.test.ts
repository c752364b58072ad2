import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { createFeed } from "../../../plugin/mesh/streams/feed.ts"
import type { Source } from "../../../plugin/mesh/streams/source.ts"
import type { Ledger } from "../../../plugin/mesh/ledger/port.ts"
import { appendEvent, eventsSince, lastEvent } from "../../../plugin/mesh/ledger/tables/events.ts"
import { eventually } from "../../support/eventually.ts"
import { createMesh, type Mesh } from "../support/mesh.ts"

let mesh: Mesh
let pages: number[]
beforeEach(async () => {
  mesh = await createMesh()
  pages = []
})
afterEach(() => mesh.end())

const tell = (count = 1) =>
  mesh.ledger.transact(async (tx) => {
    for (let at = 0; at < count; at++) await appendEvent(tx, { type: "agent.woken" })
  })

/** Even numbers only, in pages of three rows. */
const even: Source<{ seq: number }> = {
  newest: lastEvent,
  async page(db, after) {
    pages.push(after)
    const rows = await eventsSince(db, after, undefined, 3)
    return {
      items: rows.filter(({ seq }) => seq % 2 === 0),
      cursor: rows.at(-1)?.seq ?? after,
      hasMore: rows.length === 3,
    }
  },
}
const feedOf = (source = even) => createFeed({ ledger: mesh.ledger, changes: mesh.changes, source })

/** What a follower has got, until it has so many. */
const collect = async (feed: ReturnType<typeof feedOf>, after: number, count: number) => {
  const stop = new AbortController()
  const got: number[] = []
  for await (const items of feed.follow(after, stop.signal)) {
    got.push(...items.map(({ seq }) => seq))
    if (got.length >= count) stop.abort()
  }
  return got
}

describe("a feed", () => {
  test("tells what is there, page by page, and then what comes", async () => {
    await tell(8)
    const got = collect(feedOf(), 1, 6)
    await tell(3)
    await tell(1)
    expect(await got).toEqual([2, 4, 6, 8, 10, 12])
  })

  test("moves on past pages that hold nothing for its readers", async () => {
    await tell(20)
    const none: Source<{ seq: number }> = {
      ...even,
      page: async (db, after) => {
        const page = await even.page(db, after)
        return { ...page, items: page.items.filter(({ seq }) => seq === 20) }
      },
    }
    expect(await collect(feedOf(none), 0, 1)).toEqual([20])
  })

  test("reads once for all who stand at the same number", async () => {
    const feed = feedOf()
    const readers = Array.from({ length: 50 }, () => collect(feed, 0, 2))
    await tell(2)
    await tell(2)
    expect(await Promise.all(readers)).toEqual(Array.from({ length: 50 }, () => [2, 4]))
    expect(pages.length).toBeLessThan(10)
  })

  test("lets nobody miss a commit that comes while another one's page is read", async () => {
    let release: (() => void) | undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let isFirst = true
    const read: Ledger["read"] = async (query) => {
      const page = await mesh.ledger.read(query)
      if (isFirst) {
        isFirst = false
        await held
      }
      return page
    }
    const feed = createFeed({ ledger: { read }, changes: mesh.changes, source: even })
    const first = collect(feed, 0, 1)
    await eventually(() => !isFirst)
    await tell(2)
    // Woken by the commit that the page under way does not show.
    const second = collect(feed, 0, 1)
    expect(await second).toEqual([2])
    release!()
    expect(await first).toEqual([2])
  })

  test("ends with its signal, and leaves nothing that listens", async () => {
    const stop = new AbortController()
    const following = feedOf().follow(0, stop.signal).next()
    stop.abort()
    expect(await following).toEqual({ done: true, value: undefined })
    const before = pages.length
    await tell(2)
    expect(pages).toHaveLength(before)
  })

  test("fails where the ledger cannot be read", async () => {
    const broken = { ...even, page: () => Promise.reject(new Error("lost")) }
    const failed = await collect(feedOf(broken), 0, 1).catch((error: Error) => error.message)
    expect(failed).toBe("lost")
  })
})
