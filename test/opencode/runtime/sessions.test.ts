import { afterAll, beforeAll, describe, test } from "bun:test"
import { createFakeSessions } from "../support/fake-sessions.ts"
import { startRealSessions } from "../support/real-sessions.ts"
import { sessionsContract, type SessionsWorld } from "./sessions-contract.ts"

describe("OpenCode's sessions", () => {
  let world: Awaited<ReturnType<typeof startRealSessions>>
  beforeAll(async () => void (world = await startRealSessions()), 90_000)
  afterAll(() => world?.end())
  for (const [title, run] of Object.entries(sessionsContract)) test(title, () => run(world), 60_000)
})

describe("the fake sessions of the unit tests", () => {
  const create = (): SessionsWorld => {
    const sessions = createFakeSessions()
    let count = 0
    return {
      sessions,
      directory: "/shop",
      answer: async (sessionId, text) => sessions.answer(sessionId, { text }),
      change: async (sessionId, what) => sessions.change(sessionId, what),
      ask: async (sessionId, kinds) =>
        kinds.map((kind) => {
          const id = `${kind}_${++count}`
          sessions.requests.set(id, sessionId)
          return id
        }),
    }
  }
  for (const [title, run] of Object.entries(sessionsContract)) test(title, () => run(create()))
})
