import { hasChanged } from "./has-changed.ts"
import { type AgentStatus, fleetStatusOf } from "../../model/agent.ts"
import type { Query, Tx } from "../port.ts"
import { appendEvent } from "./events.ts"
import type { FleetRow } from "./rows.ts"

export const insertFleet = (
  tx: Tx,
  fleet: Omit<
    FleetRow,
    | "status"
    | "budget_warned_at"
    | "on_stall"
    | "ran_ms"
    | "resumed_at"
    | "wakes"
    | "term"
    | "supervisor_pid"
    | "ended_at"
    | "collected_at"
    | "stuck_at_seq"
    | "capped_at"
  > &
    Partial<Pick<FleetRow, "on_stall">>,
) =>
  tx.run(
    `INSERT INTO fleets (id, name, project, directory, lead_session, lead_agent, lead_model, lead_rules,
       opencode, status, isolation, max_parallel, host_limit, timeout_at, budget, on_stall,
       created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ?, ?)`,
    fleet.id,
    fleet.name,
    fleet.project,
    fleet.directory,
    fleet.lead_session,
    fleet.lead_agent,
    fleet.lead_model,
    fleet.lead_rules,
    fleet.opencode,
    fleet.isolation,
    fleet.max_parallel,
    fleet.host_limit,
    fleet.timeout_at,
    fleet.budget,
    fleet.on_stall ?? "report",
    fleet.created_at,
  )

export const fleetById = (db: Query, id: string) =>
  db.get<FleetRow>("SELECT * FROM fleets WHERE id = ? AND pruned_at IS NULL", id)

/** The newest first. */
export const fleetsOfProject = (db: Query, project: string, status: string | null, limit: number) =>
  status === null
    ? db.all<FleetRow>(
        `SELECT * FROM fleets WHERE project = ? AND pruned_at IS NULL
         ORDER BY created_at DESC, id LIMIT ?`,
        project,
        limit,
      )
    : db.all<FleetRow>(
        `SELECT * FROM fleets WHERE project = ? AND status = ? AND pruned_at IS NULL
         ORDER BY created_at DESC, id LIMIT ?`,
        project,
        status,
        limit,
      )

/** Of all projects, the newest first. */
export const newestFleets = (db: Query, limit: number) =>
  db.all<FleetRow>(
    "SELECT * FROM fleets WHERE pruned_at IS NULL ORDER BY created_at DESC, id LIMIT ?",
    limit,
  )

/** Oldest first. */
export const fleetsOfLead = (db: Query, session: string) =>
  db.all<FleetRow>(
    "SELECT * FROM fleets WHERE lead_session = ? AND pruned_at IS NULL ORDER BY created_at, id",
    session,
  )

/**
 * Fleets that need a supervisor: running ones, and ended ones in which somebody is to be woken, has
 * a host left, or a worktree that is to be kept or removed. Every OpenCode asks every 2 s, so it begins
 * with what is open: how many fleets have ended does not count.
 */
export const unsettledFleets = async (db: Query, project: string | null) => {
  const ids = await db.all<{ id: string }>(
    `SELECT id FROM fleets WHERE status = 'running'
     UNION SELECT fleet_id FROM hosts WHERE status <> 'ended'
     UNION SELECT fleet_id FROM worktrees WHERE state IN ('wanted', 'ready', 'removing')
     UNION SELECT a.fleet_id FROM deliveries d CROSS JOIN agents a
           WHERE d.state = 'accepted' AND d.wake = 1 AND a.id = d.recipient
             AND a.status IN ('complete', 'failed')`,
  )
  const fleets: FleetRow[] = []
  for (const { id } of ids) {
    const fleet = await fleetById(db, id)
    if (fleet && (project === null || fleet.project === project)) fleets.push(fleet)
  }
  return fleets.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1))
}

/** Whether an agent whose turn is over has mail that will wake it: such a fleet has not ended. */
const someoneWillWake = async (db: Query, fleetId: string) =>
  (await db.get(
    `SELECT 1 AS found FROM agents a JOIN deliveries d ON d.recipient = a.id
     WHERE a.fleet_id = ? AND a.status IN ('complete', 'failed')
       AND d.state = 'accepted' AND d.wake = 1 LIMIT 1`,
    fleetId,
  )) !== undefined

/** Brings the fleet's status in line with its agents'. Returns the new status when it changed. */
export const settleFleet = async (tx: Tx, fleetId: string) => {
  const fleet = await fleetById(tx, fleetId)
  if (!fleet) return undefined
  const statuses = (
    await tx.all<{ status: AgentStatus }>("SELECT status FROM agents WHERE fleet_id = ?", fleetId)
  ).map((row) => row.status)
  const status = fleetStatusOf(statuses)
  if (status === fleet.status) return undefined
  if (status !== "running" && (await someoneWillWake(tx, fleetId))) return undefined
  const ranMs = fleet.status === "running" ? tx.at - (fleet.resumed_at ?? fleet.created_at) : 0
  // A deadline that has passed ended what it was set for: what reopens the fleet is not bound by it.
  await tx.run(
    `UPDATE fleets SET status = ?, ended_at = ?, ran_ms = ran_ms + ?, resumed_at = ?,
       timeout_at = CASE WHEN ? = 'running' AND timeout_at <= ? THEN NULL ELSE timeout_at END
     WHERE id = ?`,
    status,
    status === "running" ? null : tx.at,
    ranMs,
    status === "running" ? tx.at : fleet.resumed_at,
    status,
    tx.at,
    fleetId,
  )
  // What a reopened fleet brings is new, whoever read what it brought before.
  if (status === "running") {
    await tx.run("UPDATE fleets SET collected_at = NULL WHERE id = ?", fleetId)
    await appendEvent(tx, { type: "fleet.reopened", fleetId })
  } else if (fleet.status === "running")
    await appendEvent(tx, { type: "fleet.ended", fleetId, data: { status } })
  return status
}

/** Of all projects. */
export const runningFleets = (db: Query) =>
  db.all<FleetRow>("SELECT * FROM fleets WHERE status = 'running'")

/** Each holder of the fleet's lease has a number of its own. */
export const raiseTerm = (tx: Tx, fleetId: string, pid: number) =>
  tx.run("UPDATE fleets SET term = term + 1, supervisor_pid = ? WHERE id = ?", pid, fleetId)

/** False when another session has become its lead meanwhile. */
export const passLead = (tx: Tx, fleet: Pick<FleetRow, "id" | "lead_session">, sessionId: string) =>
  hasChanged(
    tx.run(
      "UPDATE fleets SET lead_session = ? WHERE id = ? AND lead_session = ?",
      sessionId,
      fleet.id,
      fleet.lead_session,
    ),
  )

/** What its lead may do from here on. False when it is the same as before. */
export const setLeadRules = (tx: Tx, fleetId: string, rules: string) =>
  hasChanged(
    tx.run(
      "UPDATE fleets SET lead_rules = ? WHERE id = ? AND lead_rules <> ?",
      rules,
      fleetId,
      rules,
    ),
  )

export const setDeadline = (tx: Tx, fleetId: string, timeoutAt: number) =>
  tx.run("UPDATE fleets SET timeout_at = ? WHERE id = ?", timeoutAt, fleetId)

/** What has passed of the time it runs, but does not count. */
export const takeFromRunTime = (tx: Tx, fleetId: string, ms: number) =>
  tx.run("UPDATE fleets SET ran_ms = ran_ms - ? WHERE id = ?", ms, fleetId)

/** False when the fleet has had as many as it may. */
export const countWake = (tx: Tx, fleetId: string, most: number) =>
  hasChanged(
    tx.run("UPDATE fleets SET wakes = wakes + 1 WHERE id = ? AND wakes < ?", fleetId, most),
  )

/** False when it was marked before, and nobody has taken the cap off since. */
export const markCapped = (tx: Tx, fleetId: string) =>
  hasChanged(
    tx.run("UPDATE fleets SET capped_at = ? WHERE id = ? AND capped_at IS NULL", tx.at, fleetId),
  )

/** Its wakes are counted anew. False when there was no cap to take off. */
export const liftCap = async (tx: Tx, fleetId: string) => {
  const capped = await tx.get(
    "SELECT 1 AS found FROM fleets WHERE id = ? AND capped_at IS NOT NULL",
    fleetId,
  )
  await tx.run("UPDATE fleets SET wakes = 0, capped_at = NULL WHERE id = ?", fleetId)
  return capped !== undefined
}

/** False when it was marked before. */
export const markFleetBudgetWarned = (tx: Tx, fleetId: string) =>
  hasChanged(
    tx.run(
      "UPDATE fleets SET budget_warned_at = ? WHERE id = ? AND budget_warned_at IS NULL",
      tx.at,
      fleetId,
    ),
  )

/** Which message of its members was the newest when it was reported that all of them wait. */
export const markStuck = (tx: Tx, fleetId: string, newestSeq: number) =>
  tx.run("UPDATE fleets SET stuck_at_seq = ? WHERE id = ?", newestSeq, fleetId)

/** Somebody has read what it brought, or ended it knowingly. */
export const markCollected = (tx: Tx, fleetId: string) =>
  tx.run("UPDATE fleets SET collected_at = ? WHERE id = ? AND collected_at IS NULL", tx.at, fleetId)

/** That a session was told of a fleet that was left behind. */
export const recordTelling = (tx: Tx, fleetId: string, sessionId: string) =>
  tx.run(
    "INSERT INTO fleet_tellings (fleet_id, session_id, at) VALUES (?, ?, ?)",
    fleetId,
    sessionId,
    tx.at,
  )

/** From here on nobody sees it any more. False when it runs, or somebody was faster. */
export const markPruned = (tx: Tx, fleetId: string) =>
  hasChanged(
    tx.run(
      "UPDATE fleets SET pruned_at = ? WHERE id = ? AND status <> 'running' AND pruned_at IS NULL",
      tx.at,
      fleetId,
    ),
  )

/** The last of what is taken away of it. */
export const forgetFleet = async (tx: Tx, fleetId: string) => {
  await tx.run("DELETE FROM fleet_tellings WHERE fleet_id = ?", fleetId)
  await tx.run("DELETE FROM fleets WHERE id = ?", fleetId)
}
