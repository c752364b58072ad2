import {
  fleetMeant,
  type IsAlive,
  refuseDelegated,
  refuseEnded,
  requireAgent,
  requireLead,
} from "../access.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { Query, Tx } from "../ledger/port.ts"
import { agentById } from "../ledger/tables/agents.ts"
import { appendEvent } from "../ledger/tables/events.ts"
import {
  heldIn,
  type ReservationMode,
  type ReservationRow,
  reservationsOfAgent,
  reservationsOfFleet,
  writeReservation,
} from "../ledger/tables/files/reservations.ts"
import type { AgentRow } from "../ledger/tables/rows.ts"
import { notifyAgent } from "../mail/notices.ts"
import { isEnded } from "../model/agent.ts"
import type { Caller } from "../model/caller.ts"
import { MeshError } from "../model/errors.ts"
import { inQuotes } from "../prompts.ts"
import { endExpired, endReservations } from "./endings.ts"
import { inTheWay } from "./judge.ts"
import { isMeant, isPart } from "./patterns.ts"
import { reservedError, untilText } from "./texts.ts"

/**
 * A path, or one with wildcards, from the root of the repository; undefined when it leads elsewhere.
 * Relative ones begin in `directory`.
 */
export type PlaceOf = (
  path: string,
  from: { directory: string; project: string },
) => string | undefined

export interface ReservationsDeps {
  ledger: Ledger
  isAlive: IsAlive
  placeOf: PlaceOf
}

export interface Wish {
  paths: readonly string[]
  mode: ReservationMode
  reason: string
  minutes: number
}

/** What one agent may hold at a time: each is compared with every file that another one edits. */
export const mostHeld = 50
export const defaultMinutes = 30
const minuteMs = 60_000

/** Who of several agents may change which files of a repository for a while. */
export const createReservations = ({ ledger, isAlive, placeOf }: ReservationsDeps) => {
  const placesOf = (caller: Caller, paths: readonly string[]) => [
    ...new Set(
      paths.map((path) => {
        const place = placeOf(path, caller)
        if (place !== undefined && isPart(place)) return place
        throw new MeshError(
          "INVALID_ARGUMENT",
          `paths: ${inQuotes(path)} is ${place === undefined ? "not in this project's repository" : "all of the repository"}.`,
          "Name files, folders or globs (* ? **) within it.",
        )
      }),
    ),
  ]

  return {
    /** All of them or none; once more for longer. */
    async reserve(caller: Caller, { paths, mode, reason, minutes }: Wish) {
      refuseDelegated(caller, "reserve files")
      const { member } = caller
      if (!member)
        throw new MeshError(
          "NOT_ALLOWED",
          "Files are reserved by the agents of a fleet: nothing keeps its lead or a person from editing.",
          "Edit them; your agents are not asked.",
        )
      const patterns = placesOf(caller, paths)
      return ledger.transact(async (tx) => {
        const agent = await requireAtWork(tx, member.agentId)
        await endExpired(tx, caller.project)
        const held = await heldIn(tx, caller.project, tx.at)
        for (const pattern of patterns)
          for (const each of inTheWay(held, agent.id, { pattern, mode }))
            throw reservedError(agent, pattern, each, tx.at)
        await refuseTooMany(tx, agent, patterns)
        const until = tx.at + minutes * minuteMs
        for (const pattern of patterns) await write(tx, agent, { pattern, mode, reason, until })
        await tellMade(tx, agent, { patterns, mode, reason, until })
        return { reserved: patterns, mode, until: new Date(until).toISOString() }
      })
    },

    /** A member's own; a lead or a person may end those of the whole fleet. */
    async release(
      caller: Caller,
      asked: {
        paths?: readonly string[] | undefined
        to?: string | undefined
        fleet_id?: string | undefined
      },
    ) {
      refuseDelegated(caller, "release files")
      const places = asked.paths && placesOf(caller, asked.paths)
      return ledger.transact(async (tx) => {
        const fleet = await fleetMeant(tx, caller, asked.fleet_id)
        const { member } = caller
        if (!member) await requireLead(tx, caller, fleet, isAlive)
        const all = member
          ? await reservationsOfAgent(tx, member.agentId)
          : await reservationsOfFleet(tx, fleet.id)
        const rows = places ? meantBy(places, all) : all
        const to = asked.to === undefined ? undefined : await requireAgent(tx, fleet.id, asked.to)
        if (to) refuseEnded(to)
        await endReservations(tx, rows, to ? "handed over" : "released", to?.id)
        if (to && rows.length > 0) await handOver(tx, rows, to, member?.name ?? "the lead")
        return {
          released: rows.map(({ pattern }) => pattern),
          ...(to && { to: to.name }),
        }
      })
    },
  }
}

export type Reservations = ReturnType<typeof createReservations>

/** Whoever asked has often ended its turn to wait: the message wakes it. */
const handOver = async (
  tx: Tx,
  rows: readonly ReservationRow[],
  to: AgentRow,
  by: string,
): Promise<void> => {
  const until = tx.at + defaultMinutes * minuteMs
  const reason = `handed over by ${by}`
  for (const { pattern, mode } of rows) await write(tx, to, { pattern, mode, reason, until })
  for (const [mode, own] of Map.groupBy(rows, (row) => row.mode)) {
    const patterns = own.map(({ pattern }) => pattern)
    await tellMade(tx, to, { patterns, mode, reason, until })
  }
  const shown = rows.map(({ pattern }) => inQuotes(pattern)).join(", ")
  const text = `${by} has handed ${shown} over to you, ${untilText(until, tx.at)}: read it again before you edit, and release it with release_files once you are done.`
  await notifyAgent(tx, to, text, { wakes: true })
}

const write = (
  tx: Tx,
  agent: Pick<AgentRow, "id" | "fleet_id">,
  row: Pick<ReservationRow, "pattern" | "mode" | "reason" | "until">,
) => writeReservation(tx, { agent_id: agent.id, fleet_id: agent.fleet_id, ...row })

const tellMade = (
  tx: Tx,
  agent: Pick<AgentRow, "id" | "fleet_id">,
  data: { patterns: readonly string[]; mode: ReservationMode; reason: string; until: number },
) =>
  appendEvent(tx, {
    type: "reservation.made",
    fleetId: agent.fleet_id,
    agentId: agent.id,
    data: { ...data, until: new Date(data.until).toISOString() },
  })

const requireAtWork = async (db: Query, agentId: string): Promise<AgentRow> => {
  const agent = await agentById(db, agentId)
  if (agent && !isEnded(agent.status)) return agent
  throw new MeshError(
    "AGENT_ENDED",
    `Your turn is over (${agent?.status ?? "gone"}), so you can reserve nothing.`,
    "Stop here; a message wakes you.",
  )
}

const refuseTooMany = async (db: Query, agent: AgentRow, patterns: readonly string[]) => {
  const own = (await reservationsOfAgent(db, agent.id)).map(({ pattern }) => pattern)
  const count = new Set([...own, ...patterns]).size
  if (count > mostHeld)
    throw new MeshError(
      "LIMIT_REACHED",
      `That would be ${count} reservations; an agent has at most ${mostHeld}.`,
      "Reserve a folder or a glob in their place, or end some with release_files.",
    )
}

const meantBy = (places: readonly string[], all: readonly ReservationRow[]) => {
  for (const place of places)
    if (!all.some(({ pattern }) => isMeant(place, pattern)))
      throw new MeshError(
        "INVALID_ARGUMENT",
        `paths: ${inQuotes(place)} is not reserved by you; you have ${all.map(({ pattern }) => inQuotes(pattern)).join(", ") || "nothing"}.`,
        "Name them as they were reserved, or leave paths out for all.",
      )
  return all.filter(({ pattern }) => places.some((place) => isMeant(place, pattern)))
}
