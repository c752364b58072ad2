import { oneAtATime } from "../plugin/mesh/model/one-at-a-time.ts"
import { createChanges } from "../plugin/mesh/ledger/changes.ts"
import { agentById } from "../plugin/mesh/ledger/tables/agents.ts"
import { eventsSince } from "../plugin/mesh/ledger/tables/events.ts"
import type { Ledger } from "../plugin/mesh/ledger/ledger.ts"
import type { EventRow } from "../plugin/mesh/ledger/tables/rows.ts"
import { agentsIn } from "./evidence.ts"
import { lineOf, type Moment, renderLine } from "./timeline.ts"

export interface FollowOptions {
  ledger: Ledger
  startedAt: number
  colour: boolean
  /** Take the agents' tools from the ledger, where each is seen only if it lasts a moment. */
  withTools: boolean
  print: (text: string) => void
}

/** Prints the timeline while the ledger grows. */
export const follow = ({ ledger, startedAt, colour, withTools, print }: FollowOptions) => {
  const changes = createChanges(ledger, (error) => print(String(error)))
  const past: Moment[] = []
  const doing = new Map<string, string | null>()
  let seq = 0

  const agentOf = (id: string) => ledger.read((db) => agentById(db, id))
  const names = new Map<string, string>()

  const add = async (moment: Moment) => {
    for (const { id, name } of await agentsIn(ledger)) names.set(id, name)
    const line = lineOf(moment, past, (id) => names.get(id) ?? id)
    past.push(moment)
    if (line) print(renderLine(line, moment.at - startedAt, colour))
  }

  const momentOf = async ({ at, type, agent_id, data }: EventRow): Promise<Moment> => {
    const output =
      type === "agent.complete" && agent_id !== null && (await agentOf(agent_id))?.output
    return { at, type, agentId: agent_id, data: { ...JSON.parse(data), ...(output && { output }) } }
  }

  const lookAtTools = async () => {
    for (const { id, activity } of await agentsIn(ledger)) {
      if (doing.get(id) === activity) continue
      doing.set(id, activity)
      const tool = /^tool (.+)$/.exec(activity ?? "")?.[1]
      if (tool) await add({ at: Date.now(), type: "agent.tool", agentId: id, data: { tool } })
    }
  }

  const look = oneAtATime(async () => {
    for (const row of await ledger.read((db) => eventsSince(db, seq, undefined, 10_000))) {
      seq = row.seq
      await add(await momentOf(row))
    }
    if (withTools) await lookAtTools()
  })

  const unsubscribe = changes.subscribe(look)
  return {
    past: past as readonly Moment[],
    /** Something that is not in the ledger; `name` is an agent's, or anybody else's. */
    async tell(name: string, moment: Pick<Moment, "type" | "data">) {
      // What the ledger knows came first.
      await look()
      const agent = (await agentsIn(ledger)).find((each) => each.name === name)
      await add({ at: Date.now(), agentId: agent?.id ?? null, ...moment })
    },
    /** Prints what has come since the last look. */
    async close() {
      await look()
      unsubscribe()
      changes.close()
    },
  }
}

export type Timeline = ReturnType<typeof follow>
