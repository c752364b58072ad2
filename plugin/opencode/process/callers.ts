import type { IsAlive } from "../../mesh/access.ts"
import type { Caller } from "../../mesh/model/caller.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { claimSession, sessionById } from "../../mesh/ledger/tables/sessions.ts"
import { unparkMail } from "../../mesh/supervision/transitions.ts"
import type { ProcessIdentity } from "../../system/processes.ts"
import { projectOf } from "../../system/project.ts"
import type { Sessions } from "../runtime/sessions.ts"

export interface CallersDeps {
  ledger: Ledger
  sessions: Pick<Sessions, "parentOf">
  self: ProcessIdentity
  isAlive: IsAlive
}

/** What a session runs as, last seen in a request of its own. */
export interface SessionProfile {
  agent: string | undefined
  model: string | undefined
}

const maxDepth = 10

/** From the session of a call to who calls. */
export const createCallers = ({ ledger, sessions, self, isAlive }: CallersDeps) => {
  const profiles = new Map<string, SessionProfile>()
  const ancestors = new Map<string, { id: string; delegated: boolean }>()
  const owned = new Set<string>()

  /** A sub-session or a fork stands for the nearest ancestor that the ledger knows. */
  const ancestorOf = async (sessionId: string, directory: string) => {
    const cached = ancestors.get(sessionId)
    if (cached) return cached
    let id = sessionId
    for (let depth = 0; depth < maxDepth; depth++) {
      const current = id
      if (await ledger.read((db) => sessionById(db, current))) break
      const parent = await sessions.parentOf(id, directory).catch(() => undefined)
      if (!parent) break
      id = parent
    }
    const found = { id, delegated: id !== sessionId }
    // Only a known session's answer is for good: a stranger may become a lead.
    if (await ledger.read((db) => sessionById(db, id))) ancestors.set(sessionId, found)
    return found
  }

  /** Makes this process the owner of a lead's session, unless another living one is. */
  const own = async (sessionId: string, project: string) => {
    if (owned.has(sessionId)) return
    const row = await ledger.read((db) => sessionById(db, sessionId))
    const isOthers =
      row !== undefined &&
      isAlive(row) &&
      (row.pid !== self.pid || row.process_start !== self.process_start)
    if (isOthers || row?.agent_id) return
    await ledger.transact(async (tx) => {
      await claimSession(tx, { id: sessionId, project, agent_id: null, ...self, updated_at: tx.at })
      await unparkMail(tx, sessionId)
    })
    owned.add(sessionId)
  }

  return {
    remember: (sessionId: string, profile: SessionProfile) => void profiles.set(sessionId, profile),
    profileOf: (sessionId: string) => profiles.get(sessionId),
    ownedSessions: () => [...owned],
    own,
    isKnown: (sessionId: string) =>
      ledger.read(async (db) => (await sessionById(db, sessionId)) !== undefined),

    async resolve(
      sessionId: string,
      directory: string,
      agent: string | undefined,
    ): Promise<Caller> {
      const { id, delegated } = await ancestorOf(sessionId, directory)
      const row = await ledger.read((db) => sessionById(db, id))
      const member = row?.agent_id
        ? await ledger.read((db) => agentById(db, row.agent_id!))
        : undefined
      const project = member && row ? row.project : projectOf(directory)
      if (!member && !delegated) await own(id, project)
      const profile = profiles.get(id)
      return {
        sessionId: id,
        project,
        directory,
        delegated,
        human: false,
        agent: profile?.agent ?? agent,
        model: profile?.model,
        member: member && { agentId: member.id, name: member.name, fleetId: member.fleet_id },
      }
    },
  }
}

export type Callers = ReturnType<typeof createCallers>
