import type { Query } from "../ledger/port.ts"

export interface Page<Item> {
  items: Item[]
  /** Where to read on; it moves also past what is not for the reader. */
  cursor: number
  hasMore: boolean
}

/**
 * Something of the ledger that only ever grows at its end, numbered in the order of commit.
 *
 * Contract: `page` answers what comes after a number (exclusive), oldest first, and only reads. The same
 * numbers are found by every process, whoever wrote the rows. `newest` is the last number given out.
 */
export interface Source<Item extends { seq: number }> {
  newest(db: Query): Promise<number>
  page(db: Query, after: number): Promise<Page<Item>>
}

/** The same in another form, made once for all who read the page. */
export const mapSource = <From extends { seq: number }, To extends { seq: number }>(
  source: Source<From>,
  map: (item: From) => To,
): Source<To> => ({
  newest: source.newest,
  async page(db, after) {
    const { items, ...page } = await source.page(db, after)
    return { ...page, items: items.map(map) }
  },
})
