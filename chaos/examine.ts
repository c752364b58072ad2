import { auditLedger } from "../plugin/mesh/audit/audit.ts"
import { textOf } from "../scripted-model/turn.ts"
import type {
  AgentRow,
  DeliveryRow,
  FleetRow,
  MessageRow,
  SessionRow,
} from "../plugin/mesh/ledger/tables/rows.ts"
import { leadRecipient } from "../plugin/mesh/model/message.ts"
import type { Played } from "./arena.ts"
import type { Outcome } from "./figures.ts"
import { judge, type Remains } from "./invariants.ts"
import { measureRecovery } from "./recovery.ts"

const leakMs = 20_000

/** Waits until everything should be gone, judges what is left, and clears it away. */
export const examine = async (
  { world, strikes, ends, violations, endedAt, cleanUp }: Played,
  { keep }: { keep: boolean },
): Promise<Outcome> => {
  const left = await world.untilGone(Math.max(0, endedAt + leakMs - Date.now()))
  const remains = await readRemains(world, ends)
  const verdict = judge(remains)
  const audit = await (await world.ledger()).read(auditLedger)
  const all = [
    ...violations,
    ...audit.findings
      .filter(({ severity }) => severity === "error")
      .map(({ check, subject, detail }) => `the ledger: ${check}: ${subject} ${detail}`),
    ...left.map((pid) => `process ${pid} is left behind`),
    ...verdict.lost,
    ...verdict.duplicated,
    ...verdict.withoutEnd,
    ...verdict.other,
  ]
  const recovery = measureRecovery(strikes, historyOf(world, remains))
  await cleanUp?.()
  await world.end({ keep: keep && all.length > 0 })
  return {
    kills: strikes.filter(({ how }) => how === "killed").length,
    messages: remains.messages.length,
    lost: verdict.lost.length,
    duplicated: verdict.duplicated.length,
    withoutEnd: verdict.withoutEnd.length,
    leftBehind: left.length,
    violations: keep && all.length > 0 ? [...all, `kept in ${world.folder}`] : all,
    recovery,
  }
}

const readRemains = async (
  world: Played["world"],
  ends: Played["ends"],
): Promise<Remains & { at: number[] }> => {
  const ledger = await world.ledger()
  const requests = world.model.requests.filter(({ isTitle }) => !isTitle)
  const tables = await ledger.read(async (db) => ({
    fleets: await db.all<FleetRow>("SELECT * FROM fleets"),
    agents: await db.all<AgentRow>("SELECT * FROM agents"),
    attempts: await db.all<Remains["attempts"][number]>("SELECT * FROM attempts"),
    messages: await db.all<MessageRow>("SELECT * FROM messages"),
    deliveries: await db.all<DeliveryRow>("SELECT * FROM deliveries"),
    rows: await db.all<Omit<Remains["events"][number], "data"> & { data: string; at: number }>(
      "SELECT * FROM events ORDER BY seq",
    ),
    sessions: await db.all<SessionRow>("SELECT * FROM sessions"),
  }))
  return {
    ...tables,
    integrity: await world.integrity(),
    events: tables.rows.map((row) => ({
      ...row,
      data: JSON.parse(row.data) as Record<string, unknown>,
    })),
    at: tables.rows.map(({ at }) => at),
    leadEnds: new Map(
      tables.fleets.flatMap(({ id, lead_session }) => {
        const owner = tables.sessions.find((session) => session.id === lead_session)
        const end = ends.find(({ pid }) => pid === owner?.pid)
        return end ? [[leadRecipient(id), end] as const] : []
      }),
    ),
    requests: requests.map(({ agent, body }) => ({
      agent,
      userTexts: body.messages.filter(({ role }) => role === "user").map(textOf),
    })),
  }
}

const historyOf = (world: Played["world"], { events, agents, at }: Remains & { at: number[] }) => {
  const nameOf = new Map(agents.map(({ id, name }) => [id, name]))
  const ofType = (type: string) =>
    events.flatMap((event, index) => (event.type === type ? [{ ...event, at: at[index]! }] : []))
  return {
    requests: world.model.requests.filter(({ isTitle }) => !isTitle),
    running: ofType("agent.running").map((event) => ({
      at: event.at,
      agent: nameOf.get(event.agent_id ?? "") ?? "",
    })),
    supervised: ofType("fleet.supervised").map((event) => ({
      at: event.at,
      pid: Number(event.data["pid"]),
    })),
  }
}
