import type { Query } from "../port.ts"
import { agentById, agentsOfFleet } from "./agents.ts"
import type { AgentRow } from "./rows.ts"

/** By id or by name; ids win. Two lookups cost less than one query with OR and its sorting. */
export const findAgent = async (db: Query, fleetId: string, idOrName: string) => {
  const known = await agentById(db, idOrName)
  if (known?.fleet_id === fleetId) return known
  return db.get<AgentRow>("SELECT * FROM agents WHERE fleet_id = ? AND name = ?", fleetId, idOrName)
}

/** What a sender has to know of its recipient: a whole row costs as much as filing the message. */
export type Addressee = Pick<AgentRow, (typeof addressed)[number]>
const addressed = ["id", "name", "status", "stop_reason", "awaits_mail_at"] as const

/** By id or by name; ids win. */
export const findAddressee = async (db: Query, fleetId: string, idOrName: string) =>
  (await db.get<Addressee>(`${selectAddressed} AND id = ?`, fleetId, idOrName)) ??
  db.get<Addressee>(`${selectAddressed} AND name = ?`, fleetId, idOrName)

const selectAddressed = `SELECT ${addressed.join(", ")} FROM agents WHERE fleet_id = ?`

/**
 * Who answers to a name: its own by id or name, exactly; else everyone whose name, specialist (its
 * other names too) or role it is, in any case and with spaces, hyphens and underscores alike.
 */
export const agentsCalled = async (
  db: Query,
  fleetId: string,
  called: string,
): Promise<AgentRow[]> => {
  const exact = await findAgent(db, fleetId, called)
  if (exact) return [exact]
  const wanted = normalName(called)
  if (wanted === "") return []
  return (await agentsOfFleet(db, fleetId)).filter((agent) =>
    [agent.name, agent.agent, agent.role, ...otherNames(agent)].some(
      (name) => name !== null && normalName(name) === wanted,
    ),
  )
}

const otherNames = ({ also_called }: AgentRow): string[] =>
  also_called === null ? [] : (JSON.parse(also_called) as string[])

const normalName = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, "-")
