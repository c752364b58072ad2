import type { Changes } from "../mesh/changes.ts"
import type { NewId } from "../mesh/ids.ts"
import { agentById } from "../mesh/ledger/agents.ts"
import { appendEvent } from "../mesh/ledger/events.ts"
import type { Ledger } from "../mesh/ledger/ledger.ts"
import type { HostRow } from "../mesh/ledger/rows.ts"
import { notifyLead } from "../mesh/notices.ts"
import type { Sessions } from "./sessions.ts"

export interface RefusalsDeps {
  host: HostRow
  ledger: Ledger
  changes: Changes
  sessions: Sessions
  now: () => number
  newId: NewId
}

interface Asker {
  agentId: string
  directory: string
}

const reason =
  "Nobody can answer permission questions in this host. Go on without it, or report what you could not do."

/** Questions in a host are answered at once: nobody sits there, and nothing may hang on them. */
export const createRefusals = ({ host, ledger, changes, sessions, now, newId }: RefusalsDeps) => {
  const tellLead = async ({ agentId }: Asker, wanted: string) => {
    await ledger.transact((db) => {
      const agent = agentById(db, agentId)!
      appendEvent(db, now(), {
        type: "agent.blocked",
        fleetId: agent.fleet_id,
        agentId,
        data: { wanted },
      })
      notifyLead(
        db,
        newId,
        now(),
        agent.fleet_id,
        `Agent "${agent.name}" wanted ${wanted} and was refused, since nobody can be asked in its host. If the user agrees, allow it in the "permission" section of OpenCode's configuration and attach the agent again.`,
        "request",
      )
    })
    changes.nudge()
  }

  return {
    /** Rejects, and tells the lead which permission the agent lacks. */
    async answer(
      type: "permission.asked" | "question.asked",
      properties: Record<string, unknown>,
      asker: Asker | undefined,
    ) {
      const id = String(properties["id"])
      const directory = asker?.directory ?? host.directory
      if (type === "question.asked") {
        await sessions.rejectQuestion(id, directory)
        if (asker) await tellLead(asker, "an answer to a question")
        return
      }
      await sessions.rejectPermission(id, directory, reason)
      if (asker) await tellLead(asker, describeWish(properties))
    },
  }
}

const describeWish = ({ permission, patterns }: { permission?: unknown; patterns?: unknown }) => {
  const named = Array.isArray(patterns) ? patterns.map((each) => `"${each}"`).join(", ") : ""
  return `permission "${permission}" for ${named || "anything"}`
}
