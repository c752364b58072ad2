import type { StoredMessage } from "../runtime/messages.ts"
import type { Sessions } from "../runtime/sessions.ts"

export interface SubSessionsDeps {
  sessions: Sessions
  directory: string
  /** Whose own session it is. */
  agentOf: (sessionId: string) => string | undefined
}

const maxDepth = 10

/** The sessions that agents' task tools start: whose they are, and what they hold. */
export const createSubSessions = ({ sessions, directory, agentOf }: SubSessionsDeps) => {
  // Asked with every event of a session, and a session never changes its parent.
  const known = new Map<string, Promise<string | undefined>>()

  const find = async (sessionId: string) => {
    let id: string | undefined = sessionId
    for (let depth = 0; id && depth < maxDepth; depth++) {
      const agentId = agentOf(id)
      if (agentId) return agentId
      id = await sessions.parentOf(id, directory).catch(() => undefined)
    }
    return undefined
  }

  const historiesOf = async (
    sessionId: string,
    limit: number,
    depth = 0,
  ): Promise<StoredMessage[][]> => {
    if (depth >= maxDepth) return []
    const found: StoredMessage[][] = []
    for (const id of await sessions.childrenOf(sessionId, directory).catch(() => [])) {
      found.push(await sessions.messages(id, directory, limit).catch(() => []))
      found.push(...(await historiesOf(id, limit, depth + 1)))
    }
    return found
  }

  return {
    /** The agent whose session it is, or descends from. */
    async agentOf(sessionId: string): Promise<string | undefined> {
      const own = agentOf(sessionId)
      if (own || sessionId === "") return own
      let found = known.get(sessionId)
      if (!found) known.set(sessionId, (found = find(sessionId)))
      const agentId = await found
      // A stranger may become an agent's; its answer is not for good.
      if (agentId === undefined) known.delete(sessionId)
      return agentId
    },

    /** What they hold; a session that cannot be read is left out. */
    historiesOf,
  }
}

export type SubSessions = ReturnType<typeof createSubSessions>
