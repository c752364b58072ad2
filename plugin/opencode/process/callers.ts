import type { IsAlive } from "../../mesh/access.ts"
import type { Caller } from "../../mesh/model/caller.ts"
import { agentById } from "../../mesh/ledger/tables/agents.ts"
import type { Ledger } from "../../mesh/ledger/ledger.ts"
import { claimSession, leaveSession, sessionById } from "../../mesh/ledger/tables/sessions.ts"
import type { SessionRow } from "../../mesh/ledger/tables/rows.ts"
import { MeshError } from "../../mesh/model/errors.ts"
import { unparkMail } from "../../mesh/supervision/transitions.ts"
import type { ProcessIdentity } from "../../system/processes.ts"
import { projectOf } from "../../system/project.ts"
import type { Sessions } from "../runtime/sessions.ts"
import { whyNotOurs } from "./standing.ts"

export interface CallersDeps {
  ledger: Ledger
  sessions: Pick<Sessions, "parentOf">
  self: ProcessIdentity
  isAlive: IsAlive
  /** Which of this process's instances prompts a session. */
  owners: Map<string, object>
  /** An agent's tools have started this process; true in hosts too. */
  isInsideAgent: () => boolean
}

/** What a session runs as, last seen in a request of its own. */
export interface SessionProfile {
  agent: string | undefined
  model: string | undefined
}

const maxDepth = 10

/** From the session of a call to who calls. */
export const createCallers = ({
  ledger,
  sessions,
  self,
  isAlive,
  owners,
  ...deps
}: CallersDeps) => {
  const instance = {}
  let hasLeft = false
  let isHost = false
  const isInsideAgent = () => !isHost && deps.isInsideAgent()
  const profiles = new Map<string, SessionProfile>()
  const ancestors = new Map<string, { id: string; delegated: boolean }>()
  const isOwned = (sessionId: string) => owners.get(sessionId) === instance
  const ownedSessions = () => [...owners.keys()].filter(isOwned)

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

  /**
   * Makes this process the owner of a lead's session, unless another living one is, and this instance
   * the one that prompts it.
   */
  const own = async (sessionId: string, project: string) => {
    if (hasLeft || isOwned(sessionId) || isInsideAgent()) return
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
    owners.set(sessionId, instance)
    // The project was closed meanwhile.
    if (hasLeft) await leave()
  }

  /** Gives up the sessions of this instance, whose project is closed while the process may go on. */
  const leave = async () => {
    hasLeft = true
    const left = ownedSessions()
    if (left.length === 0) return
    for (const id of left) owners.delete(id)
    await ledger.transact(async (tx) => {
      for (const id of left) await leaveSession(tx, id, self)
    })
  }

  /** Why a session is not ours to speak in. */
  const whyNot = (sessionId: string, row: SessionRow | undefined) =>
    whyNotOurs(sessionId, row, { self, isAlive, isInsideAgent: isInsideAgent() })

  return {
    /** Its sessions are those of the agents that were given to it. */
    serveAsHost: () => void (isHost = true),
    isInsideAgent,
    remember: (sessionId: string, profile: SessionProfile) => void profiles.set(sessionId, profile),
    profileOf: (sessionId: string) => profiles.get(sessionId),
    ownedSessions,
    own,
    /** It was deleted. */
    disown(sessionId: string) {
      if (isOwned(sessionId)) owners.delete(sessionId)
    },
    leave,
    /** Throws when a prompt would make this process speak in a session of somebody else's. */
    async refusePrompt(sessionId: string) {
      const row = await ledger.read((db) => sessionById(db, sessionId))
      const isOpen =
        row !== undefined && (isInsideAgent() || (row.agent_id !== null && isAlive(row)))
      const why = isOpen ? whyNot(sessionId, row) : undefined
      if (why !== undefined)
        throw new MeshError(
          "NOT_ALLOWED",
          `Nothing is said here: ${why}`,
          "Reach an agent with send_message, a lead as well.",
        )
    },
    isKnown: (sessionId: string) =>
      ledger.read(async (db) => (await sessionById(db, sessionId)) !== undefined),

    async resolve(
      sessionId: string,
      directory: string,
      agent: string | undefined,
    ): Promise<Caller> {
      const { id, delegated } = await ancestorOf(sessionId, directory)
      const find = () => ledger.read((db) => sessionById(db, id))
      const before = await find()
      if (!before?.agent_id && !delegated) await own(id, projectOf(directory))
      const row = await find()
      const readsOnly = whyNot(id, row)
      if (readsOnly !== undefined) return reader(directory, readsOnly)
      const member = row?.agent_id
        ? await ledger.read((db) => agentById(db, row.agent_id!))
        : undefined
      const project = member && row ? row.project : projectOf(directory)
      const profile = profiles.get(id)
      return {
        sessionId: id,
        project,
        directory,
        delegated,
        human: false,
        // Of a sub-session's ancestor only its own last request tells.
        agent: delegated ? (profile?.agent ?? agent) : (agent ?? profile?.agent),
        model: profile?.model,
        member: member && { agentId: member.id, name: member.name, fleetId: member.fleet_id },
      }
    },
  }
}

/** Somebody who leads nothing and is nobody's member. */
const reader = (directory: string, readsOnly: string): Caller => ({
  sessionId: "",
  project: projectOf(directory),
  directory,
  delegated: true,
  human: false,
  agent: undefined,
  model: undefined,
  member: undefined,
  readsOnly,
})

export type Callers = ReturnType<typeof createCallers>
