import { agentsOfFleet, takeFromWorkedTime } from "../ledger/tables/agents.ts"
import { appendEvent, lastEventOfType } from "../ledger/tables/events.ts"
import { fleetById, setDeadline, takeFromRunTime } from "../ledger/tables/fleets.ts"
import type { Tx } from "../ledger/port.ts"
import { overlapMs, type Sleep, type Wakefulness } from "./wakefulness.ts"

/**
 * Nobody could look after the fleet for a while: that time is taken out of its deadline and its
 * budgets of time. Each sleep counts once, whoever of several supervisors tells it.
 */
export const leaveOutSleep = async (tx: Tx, fleetId: string, told: Sleep, leastMs: number) => {
  const last = await lastEventOfType(tx, fleetId, "fleet.slept")
  const known = last ? Date.parse((JSON.parse(last.data) as { until: string }).until) : 0
  const sleep = { from: Math.max(told.from, known), until: told.until }
  const sleptMs = sleep.until - sleep.from
  if (sleptMs < leastMs) return
  const fleet = await fleetById(tx, fleetId)
  if (!fleet) return
  if (fleet.timeout_at !== null && fleet.timeout_at > sleep.from)
    await setDeadline(tx, fleetId, fleet.timeout_at + sleptMs)
  const ranUntil = fleet.status === "running" ? sleep.until : (fleet.ended_at ?? 0)
  const ran = overlapMs(sleep, fleet.resumed_at ?? fleet.created_at, ranUntil)
  if (ran > 0) await takeFromRunTime(tx, fleetId, ran)
  for (const agent of await agentsOfFleet(tx, fleetId)) {
    // Its host may have been awake a moment earlier, and its turn over.
    const worked =
      agent.turn_at !== null
        ? overlapMs(sleep, agent.turn_at, sleep.until)
        : Math.min(agent.worked_ms, overlapMs(sleep, sleep.from, endOf(agent.ended_at, sleep)))
    if (worked > 0) await takeFromWorkedTime(tx, agent.id, worked)
  }
  await appendEvent(tx, {
    type: "fleet.slept",
    fleetId,
    data: {
      from: new Date(sleep.from).toISOString(),
      until: new Date(sleep.until).toISOString(),
    },
  })
}

/** An end before or after the sleep had no part in it. */
const endOf = (endedAt: number | null, { from, until }: Sleep) =>
  endedAt !== null && endedAt > from && endedAt <= until ? endedAt : from

/**
 * What a process that takes over counts as slept: nobody has renewed the lease for `silentMs`, and it
 * was not awake itself to notice. Whoever is awake takes a free lease within seconds.
 */
export const sleepsBefore = (
  at: number,
  silentMs: number,
  { sleeps, leastMs }: Wakefulness,
): readonly Sleep[] =>
  sleeps()
    .map(({ from, until }) => ({ from: Math.max(from, at - silentMs), until }))
    .filter(({ from, until }) => until - from >= leastMs)
