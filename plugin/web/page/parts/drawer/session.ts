import { useEffect, useRef, useState } from "preact/hooks"
import type { AgentShown } from "../../../../mesh/views/shown.ts"
import { readSession } from "../../ask.ts"
import { added, type Session } from "../../transcript.ts"

/** What a session does without a trace in the ledger is seen this late. */
const pollMs = 900
/** Not more often, however much is written of the agent. */
const leastMs = 350

const goesOn = ({ state }: AgentShown) =>
  !["queued", "complete", "failed", "cancelled"].includes(state)

/** An agent's session: all of it at first, and then what is new, for as long as it runs. */
export const useSession = (agent: AgentShown, key: string): Session | undefined => {
  const [session, setSession] = useState<Session>()
  const last = useRef({ at: 0, session: undefined as Session | undefined, isReading: false })
  const latest = useRef(agent)
  latest.current = agent
  const timer = useRef(0)
  useEffect(() => {
    let isOver = false
    const read = async () => {
      const { current } = last
      if (isOver || current.isReading || document.hidden) return plan(pollMs)
      current.isReading = true
      current.at = performance.now()
      try {
        const isFirst = current.session === undefined || current.session.from === null
        const found = await readSession(agent.id, isFirst ? "all" : "newest")
        if (!isOver) {
          current.session = added(isFirst ? undefined : current.session, found)
          setSession(current.session)
        }
      } catch {
        // The drawer says by itself when nothing answers any more.
      } finally {
        current.isReading = false
      }
      // What is stored is read anew when the ledger tells of something new.
      if (goesOn(latest.current) && current.session?.from !== "store") plan(pollMs)
    }
    const plan = (ms: number) => {
      clearTimeout(timer.current)
      if (!isOver) timer.current = setTimeout(() => void read(), ms)
    }
    plan(Math.max(0, leastMs - (performance.now() - last.current.at)))
    return () => {
      isOver = true
      clearTimeout(timer.current)
    }
  }, [agent.id, key])
  return session
}
