/** Calls of an agent that are not over yet, in this process: calls of one reply run at the same time. */
export const createUnderWay = () => {
  const calls = new Map<string, Set<Promise<unknown>>>()
  return {
    /** Runs it as a call of this agent; of nobody's when it has none. */
    async run<T>(agentId: string | undefined, call: () => Promise<T>): Promise<T> {
      if (agentId === undefined) return call()
      const own = calls.get(agentId) ?? new Set()
      calls.set(agentId, own)
      const running = call()
      own.add(running)
      try {
        return await running
      } finally {
        own.delete(running)
        if (own.size === 0) calls.delete(agentId)
      }
    },

    /** Resolves when those that run now are over, however they end. */
    over: async (agentId: string): Promise<void> =>
      void (await Promise.allSettled(calls.get(agentId) ?? [])),
  }
}
