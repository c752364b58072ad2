/**
 * What arrays do with callbacks, for callbacks that are asynchronous: one after the other, since the
 * statements of a transaction belong in an order.
 */
export const mapInOrder = async <T, U>(
  items: readonly T[],
  map: (item: T, index: number) => U | Promise<U>,
): Promise<U[]> => {
  const mapped: U[] = []
  for (const [index, item] of items.entries()) mapped.push(await map(item, index))
  return mapped
}

export const flatMapInOrder = async <T, U>(
  items: readonly T[],
  map: (item: T, index: number) => readonly U[] | Promise<readonly U[]>,
): Promise<U[]> => (await mapInOrder(items, map)).flat() as U[]

export const filterInOrder = async <T>(
  items: readonly T[],
  test: (item: T, index: number) => boolean | Promise<boolean>,
): Promise<T[]> => {
  const kept: T[] = []
  for (const [index, item] of items.entries()) if (await test(item, index)) kept.push(item)
  return kept
}

export const someInOrder = async <T>(
  items: readonly T[],
  test: (item: T, index: number) => unknown,
): Promise<boolean> => {
  for (const [index, item] of items.entries()) if (await test(item, index)) return true
  return false
}

export const everyInOrder = async <T>(
  items: readonly T[],
  test: (item: T, index: number) => unknown,
): Promise<boolean> =>
  !(await someInOrder(items, async (item, index) => !(await test(item, index))))
