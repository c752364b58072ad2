import { mapInOrder } from "../../../plugin/mesh/model/in-order.ts"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { AgentStatus } from "../../../plugin/mesh/model/agent.ts"
import { createChanges } from "../../../plugin/mesh/ledger/changes.ts"
import { agentsOfFleet } from "../../../plugin/mesh/ledger/tables/agents.ts"
import { eventsSince } from "../../../plugin/mesh/ledger/tables/events.ts"
import type { Ledger } from "../../../plugin/mesh/ledger/ledger.ts"
import { migrations } from "../../../plugin/mesh/ledger/migrations.ts"
import type {
  AgentRow,
  DeliveryRow,
  DeliveryState,
  FleetRow,
} from "../../../plugin/mesh/ledger/tables/rows.ts"
import { createLedgerStore } from "../../../plugin/system/ledger-store.ts"
import { isPostgresAddress } from "../../../plugin/mesh/model/ledger-place.ts"
import type { ScriptedModel } from "../../../scripted-model/server.ts"

const notByItself =
  "type NOT LIKE 'host.%' AND type NOT IN ('message.injected', 'message.seen', 'fleet.supervised')"

const tables = migrations
  .flatMap((migration) => [...migration.matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name!))
  .toSorted()

/** The last 20 lines of a file. */
const ending = (path: string) => readFileSync(path, "utf8").split("\n").slice(-21).join("\n")

/** What a world's ledger, logs and model tell; the ledger is opened when it is first asked for. */
export const openRecords = (home: string, place: string, model: ScriptedModel) => {
  let ledger: Ledger | undefined
  const openOwn = async () => (ledger ??= await createLedgerStore(place).open())

  const records = {
    ledger: openOwn,
    fleets: async () =>
      (await openOwn()).read((db) => db.all<FleetRow>("SELECT * FROM fleets ORDER BY created_at")),
    agents: async (fleetId: string) => (await openOwn()).read((db) => agentsOfFleet(db, fleetId)),
    events: async () =>
      (await (await openOwn()).read((db) => eventsSince(db, 0, undefined, 10_000))).map((row) => ({
        ...row,
        data: JSON.parse(row.data) as Record<string, any>,
      })),

    /** How long a host took to come up, in ms: what is short is short beside it, however busy the machine. */
    async startOf(hostId: string) {
      const its = (await records.events()).filter(({ data }) => data["host_id"] === hostId)
      const at = (wanted: string) => its.find(({ type }) => type === wanted)!.at
      return at("host.ready") - at("host.starting")
    },

    /** A second; where a quarter of a host's start takes longer than that, the machine is that much slower. */
    async moment() {
      const ready = (await records.events()).findLast(({ type }) => type === "host.ready")!
      return Math.max(1000, (await records.startOf(ready.data["host_id"])) / 4)
    },

    /** Where each delivery of a message stands, by recipient. */
    deliveries: async (messageId: string) =>
      (await openOwn()).read((db) =>
        db.all<DeliveryRow>(
          `SELECT d.* FROM deliveries d JOIN messages m ON m.seq = d.message_seq
           WHERE m.id = ? ORDER BY d.recipient`,
          messageId,
        ),
      ),

    untilDelivery: (messageId: string, ...states: DeliveryState[]) =>
      records.until(`${messageId} is ${states.join(" or ")}`, async (own) =>
        (
          await own.read((db) =>
            db.all<DeliveryRow>(
              "SELECT d.* FROM deliveries d JOIN messages m ON m.seq = d.message_seq WHERE m.id = ?",
              messageId,
            ),
          )
        ).find(({ state }) => states.includes(state)),
      ),

    /** By id, or by the name it has in only one fleet of this records. */
    untilAgent: (idOrName: string, ...statuses: AgentStatus[]) =>
      records.until(`${idOrName} is ${statuses.join(" or ")}`, async (own) =>
        (
          await own.read((db) =>
            db.all<AgentRow>("SELECT * FROM agents WHERE ? IN (id, name)", idOrName),
          )
        ).find(({ status }) => statuses.includes(status)),
      ),

    /** What SQLite says of its file, "ok" at best; a server looks after its own. */
    integrity: async () =>
      isPostgresAddress(place)
        ? "ok"
        : (await (
            await openOwn()
          ).read((db) => db.get<{ integrity_check: string }>("PRAGMA integrity_check")))!
            .integrity_check,

    /** How many rows each table has, without the events of what goes on by itself. */
    counts: async () =>
      (await openOwn()).read(async (db) =>
        Object.fromEntries(
          await mapInOrder(
            // What OpenCode tells of its own accord is written a moment later; leases come and go.
            tables.filter((name) => !["usage", "leases", "prunings"].includes(name)),
            async (name) => {
              const rows = name === "events" ? `events WHERE ${notByItself}` : name
              return [name, (await db.get<{ n: number }>(`SELECT count(*) AS n FROM ${rows}`))!.n]
            },
          ),
        ),
      ),

    /** Resolves when the ledger satisfies `check`; fails with what there is after the patience. */
    async until<T>(
      what: string,
      check: (ledger: Ledger) => T | undefined | Promise<T | undefined>,
      timeoutMs = 60_000,
    ): Promise<T> {
      const own = await openOwn()
      const changes = createChanges(own, (error) => console.error(error))
      try {
        const found = await changes.until(() => check(own), { timeoutMs })
        if (found !== undefined) return found
        throw new Error(`not within ${timeoutMs} ms: ${what}\n${await records.report()}`)
      } finally {
        changes.close()
      }
    },

    /** What a failed test wants to know: the latest events, requests and logs. */
    async report() {
      const events = (await records.events()).slice(-25)
      const requests = model.requests.slice(-10)
      return [
        ...events.map(
          ({ at, type, agent_id, data }) =>
            `${at} ${type} ${agent_id ?? ""} ${JSON.stringify(data)}`,
        ),
        ...requests.map(
          ({ at, agent, step }) => `${Math.round(at)} request of ${agent}, step ${step}`,
        ),
        records.logs(),
      ].join("\n")
    },

    logs: () => {
      const logs = join(home, "logs")
      return existsSync(logs)
        ? readdirSync(logs)
            .map((name) => `== ${name}\n${ending(join(logs, name))}`)
            .join("\n")
        : "(no logs)"
    },

    close: () => ledger?.close(),
  }
  return records
}
