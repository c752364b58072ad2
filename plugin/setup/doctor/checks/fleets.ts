import { rmSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { runningFleets } from "../../../mesh/ledger/tables/fleets.ts"
import { allHosts } from "../../../mesh/ledger/tables/hosts.ts"
import { environmentNames as names } from "../../../system/mesh-environment.ts"
import { pathsIn } from "../../../system/mesh-home.ts"
import { lineageOf } from "../../../system/offspring/lineage.ts"
import { readProcessTable } from "../../../system/offspring/process-table.ts"
import { endProcesses, markedProcesses, startedAs } from "../../../system/processes.ts"
import { filesIn } from "../../config/config-places.ts"
import { databaseOf, lookAtLedger } from "../../ledger-look.ts"
import { type Check, fault, type Finding, ok, type Patient, warning } from "../finding.ts"

/** Leases are renewed every 2 s and stale after 5; a busy machine is given more. */
const staleMs = 15_000
/** A host ends itself 10 s after its fleet. */
const lingerMs = 60_000

/** What the ledger says of fleets and hosts; nothing where there is none to read. */
const readLedger = (patient: Patient) =>
  lookAtLedger(patient, (read) =>
    read(async (db) => ({ fleets: await runningFleets(db), hosts: await allHosts(db) })),
  ).catch(() => undefined)

export const leases: Check = {
  name: "leases",
  async look(patient) {
    const { home, now, directory, env } = patient
    const read = await readLedger(patient)
    if (!read || databaseOf(directory, env, home)) return [ok("no fleet is to be supervised here")]
    const silence = (lock: string) =>
      now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity)
    const lockOf = (fleetId: string) => join(pathsIn(home).leases, `${fleetId}.lock`)
    const found: Finding[] = read.fleets
      .filter(({ id }) => silence(lockOf(id)) > staleMs)
      .map(({ id, name }) =>
        fault(
          `Fleet ${id} (${name}) runs, and nobody supervises it: its lease is stale.`,
          `Open OpenCode in its project, or run meshfleet supervise ${id}; stop it with meshfleet stop ${id}.`,
        ),
      )
    const running = new Set(read.fleets.map(({ id }) => `${id}.lock`))
    const left = filesIn(pathsIn(home).leases).filter(
      (path) => path.endsWith(".lock") && !running.has(basename(path)) && silence(path) > staleMs,
    )
    if (left.length > 0)
      found.push(
        warning(
          `${left.length} locks are left of fleets that have ended.`,
          "--fix removes them; they keep nobody from anything.",
          () => {
            for (const path of left) rmSync(path, { recursive: true, force: true })
            return `removed ${left.length} locks`
          },
        ),
      )
    return found.length > 0 ? found : [ok(`${read.fleets.length} fleets run, each is supervised`)]
  },
}

export const orphans: Check = {
  name: "orphans",
  async look(patient) {
    const read = await readLedger(patient)
    if (!read) return [ok("no processes of fleets")]
    const find = () => orphansOf(patient, read)
    const pids = find()
    if (pids.length === 0) return [ok("no process is left of fleets that have ended")]
    return [
      fault(
        `${pids.length} processes are left of hosts that have ended: ${pids.join(", ")}`,
        "--fix ends them.",
        async () => {
          await endProcesses(find, 2000)
          return `ended ${pids.length} processes`
        },
      ),
    ]
  },
}

type Read = NonNullable<Awaited<ReturnType<typeof readLedger>>>

/** Of this mesh home alone: others' hosts are in other ledgers. */
const orphansOf = ({ home, now }: Patient, { fleets, hosts }: Read): number[] => {
  const running = new Set(fleets.map(({ id }) => id))
  const ended = hosts.filter(
    ({ status, ended_at }) => status === "ended" && now() - (ended_at ?? 0) > lingerMs,
  )
  const marks = ended.flatMap(({ id, fleet_id }) => [
    `${names.host}=${id}`,
    ...(running.has(fleet_id) ? [] : [`${names.fleet}=${fleet_id}`]),
  ])
  const marked = markedProcesses(marks).filter((pid) =>
    startedAs(pid)?.environment.includes(`${names.home}=${home}`),
  )
  if (process.platform !== "linux") return marked
  const lineages = new Set(ended.map(({ id }) => lineageOf(id)))
  const descended = readProcessTable()
    .filter(({ pid, lineage }) => pid !== process.pid && lineage && lineages.has(lineage))
    .map(({ pid }) => pid)
  return [...new Set([...marked, ...descended])]
}
