import type { Caller } from "../model/caller.ts"
import { errorText } from "../model/errors.ts"
import { isEnded } from "../model/agent.ts"
import type { Ledger } from "../ledger/ledger.ts"
import { agentsOfFleet } from "../ledger/tables/agents.ts"
import { hasWakingMail, highestHop } from "../ledger/tables/messages.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import type { Fleets } from "../fleets/fleets.ts"
import type { Messages } from "../mail/messages.ts"
import { type Mending, renderMending } from "../prompts.ts"

export interface SendBackDeps {
  ledger: Ledger
  messages: Pick<Messages, "send">
  fleets: Pick<Fleets, "attach">
}

export interface SentBack {
  /** Who is to mend it. */
  sent_to?: string
  /** Why nobody is, or why it was not said again. */
  note?: string
}

/**
 * Gives a branch that could not be merged to its agent, which is woken in its own tree; to a fresh agent
 * where that one cannot be woken. The same thing is said once: whoever has done nothing about it is not
 * asked again.
 */
export const createSendBack =
  ({ ledger, messages, fleets }: SendBackDeps) =>
  async (
    caller: Caller,
    agent: AgentRow,
    mending: Omit<Mending, "isOwn">,
    /** What the branch and the merged one stood at. */
    stood: string,
  ): Promise<SentBack> => {
    const others = await ledger.read((db) => agentsOfFleet(db, agent.fleet_id))
    const mender = others.findLast(({ name }) => name === menderOf(agent))
    if (mender && !isEnded(mender.status))
      return { sent_to: mender.id, note: `"${mender.name}" is at it` }
    const to = [agent, mender].find((each) => each !== undefined && canBeWoken(each))
    try {
      if (!to) {
        const { agent_id } = await fleets.attach(caller, agent.fleet_id, {
          role: "Merger",
          ...(mender ? {} : { name: menderOf(agent) }),
          prompt: renderMending({ ...mending, isOwn: false }),
          worktree: true,
        })
        return { sent_to: agent_id }
      }
      const correlation = `merge ${stood}`
      const isSaid = (await ledger.read((db) => highestHop(db, agent.fleet_id, correlation))) >= 0
      const isToCome = isSaid && (await ledger.read((db) => hasWakingMail(db, to.id)))
      if (isToCome) return { sent_to: to.id }
      if (isSaid) return { note: `"${to.name}" was told, and has changed nothing since` }
      await messages.send(caller, {
        fleet_id: agent.fleet_id,
        to_agent_id: to.id,
        type: "handoff",
        payload: renderMending({ ...mending, isOwn: to === agent }),
        correlation_id: correlation,
        wake: true,
        whole: true,
      })
      return { sent_to: to.id }
    } catch (error) {
      return { note: `not sent back: ${errorText(error)}` }
    }
  }

/** The name of whoever mends a branch in its agent's place. */
export const menderOf = ({ name }: Pick<AgentRow, "name">) => `${name}-merger`

/** Mail wakes neither whoever was stopped nor whoever has used up its budget or its time. */
export const canBeWoken = ({ status, error_code }: Pick<AgentRow, "status" | "error_code">) =>
  status === "complete" ||
  (status === "failed" && error_code !== "BUDGET" && error_code !== "TIMEOUT")
