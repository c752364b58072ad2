/** Resolves once `check` holds, looking at each turn of the event loop; fails after the patience. */
export const eventually = async (check: () => unknown, patienceMs = 5000): Promise<void> => {
  for (const giveUpAt = performance.now() + patienceMs; !(await check());) {
    if (performance.now() > giveUpAt) throw new Error(`not within ${patienceMs} ms: ${check}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
