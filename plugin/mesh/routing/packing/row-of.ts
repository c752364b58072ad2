/** Where a number stands in an ascending list, -1 if it does not. */
export const rowOf = (ascending: Uint32Array, number: number): number => {
  let low = 0
  let high = ascending.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = ascending[middle]!
    if (found === number) return middle
    if (found < number) low = middle + 1
    else high = middle - 1
  }
  return -1
}
