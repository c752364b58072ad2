import type { Changes } from "../ledger/changes.ts"
import type { Ledger } from "../ledger/port.ts"
import { longestTimerMs } from "../model/limits/numbers.ts"
import type { Page, Source } from "./source.ts"

export interface FeedDeps<Item extends { seq: number }> {
  ledger: Pick<Ledger, "read">
  changes: Pick<Changes, "subscribe" | "until">
  source: Source<Item>
}

/**
 * A source that is followed: what is there, and then what comes, as soon as its commit is announced.
 * All who follow from the same number share one read of the ledger.
 */
export const createFeed = <Item extends { seq: number }>({
  ledger,
  changes,
  source,
}: FeedDeps<Item>) => {
  let followers = 0
  let forget: (() => void) | undefined
  // Reads under way, by where they begin. One that began before a commit may not show it.
  const reading = new Map<number, Promise<Page<Item>>>()

  const read = (after: number): Promise<Page<Item>> => {
    const shared = reading.get(after)
    if (shared) return shared
    const page = ledger
      .read((db) => source.page(db, after))
      .finally(() => {
        if (reading.get(after) === page) reading.delete(after)
      })
    reading.set(after, page)
    return page
  }

  const join = () => {
    // Before any follower listens, so that it is called before them.
    if (followers++ === 0) forget = changes.subscribe(() => reading.clear())
  }
  const leave = () => {
    if (--followers > 0) return
    forget?.()
    forget = undefined
  }

  return {
    newest: () => ledger.read(source.newest),

    /** Pages of what comes after a number, each item once and in order, until the signal is aborted. */
    async *follow(after: number, signal: AbortSignal): AsyncGenerator<Item[], void, void> {
      let cursor = after
      const next = async () => {
        for (;;) {
          const page = await read(cursor)
          cursor = page.cursor
          if (page.items.length > 0) return page.items
          if (!page.hasMore || signal.aborted) return undefined
        }
      }
      join()
      try {
        while (!signal.aborted) {
          const items = await changes.until(next, { timeoutMs: longestTimerMs, signal })
          if (items && !signal.aborted) yield items
        }
      } finally {
        leave()
      }
    },
  }
}

export type Feed<Item extends { seq: number }> = ReturnType<typeof createFeed<Item>>
