import type { IsAlive } from "../../mesh/access.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { hasUnreadFleets, tellUnreadFleets } from "../../mesh/fleets/unread-fleets.ts"
import type { Sessions } from "../runtime/sessions.ts"

export interface BriefingDeps {
  ledger: Ledger
  sessions: Sessions
  isAlive: IsAlive
  now: () => number
  project: string
  directory: string
}

/**
 * Tells a session at its start of fleets that an earlier one of the project left behind. Only with
 * its first prompt here, and only a session of a person's: those that others started have their task.
 */
export const createBriefing = (deps: BriefingDeps) => {
  const { ledger, sessions, isAlive, now, project, directory } = deps
  const briefed = new Set<string>()

  return async (sessionId: string): Promise<string | undefined> => {
    if (briefed.has(sessionId)) return undefined
    briefed.add(sessionId)
    const reader = { project, sessionId }
    if (!ledger.read((db) => hasUnreadFleets(db, reader, isAlive, now()))) return undefined
    if (await sessions.parentOf(sessionId, directory)) return undefined
    const text = await ledger.transact((tx) => tellUnreadFleets(tx, reader, isAlive))
    if (text)
      void sessions.toast(text.split("\n").slice(0, -1).join("\n"), "info").catch(() => undefined)
    return text
  }
}
