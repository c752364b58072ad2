import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startPostgres } from "../../test/support/postgres-server.ts"
import { endOnSignal } from "../end-on-signal.ts"
import { createRandom } from "../random.ts"
import { renderTable } from "../render-table.ts"
import { killAtBirth } from "./births.ts"
import { inNewDatabase, inNewFile, integrityOfDatabase, integrityOfFile } from "./places.ts"
import { type Proof, proveLedger } from "./prove.ts"

const usage =
  "ledger-proof [--ledger sqlite|postgres] [--writers n] [--kills n] [--server-kills n] [--births n] [--seed s] [--keep]"

/** Commits wait for the disk, as people's do: so they are long enough to be killed in. */
const asUsual = { fsync: "on", full_page_writes: "on" }

const main = async () => {
  const { values } = parseArgs({
    options: {
      ledger: { type: "string", default: "sqlite" },
      writers: { type: "string", default: "20" },
      kills: { type: "string", default: "100" },
      "server-kills": { type: "string", default: "10" },
      births: { type: "string", default: "30" },
      seed: { type: "string", default: String(1 + Math.floor(Math.random() * 1_000_000)) },
      keep: { type: "boolean", default: false },
    },
  })
  const count = (name: "writers" | "kills" | "server-kills" | "births" | "seed") => {
    const value = Number(values[name])
    if (Number.isInteger(value) && value >= 0) return value
    throw new Error(`--${name} ${values[name]}: a whole number is needed`)
  }
  if (!["sqlite", "postgres"].includes(values.ledger))
    throw new Error(`--ledger ${values.ledger}: there are sqlite and postgres`)
  const seed = count("seed")
  const random = createRandom(seed)
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-proof-"))
  const logs = join(folder, "logs")
  mkdirSync(logs)
  const log = (line: string) => console.log(`  ${line}`)
  console.log(`seed ${seed}, ${values.ledger}`)

  const startedAt = Date.now()
  const server =
    values.ledger === "postgres"
      ? await startPostgres(mkdtempSync(join(tmpdir(), "meshfleet-proof-")), process.pid, asUsual)
      : undefined
  const births = await killAtBirth(
    count("births"),
    random,
    server ? inNewDatabase(server.address) : inNewFile,
  )
  log(`${births.rounds} openings killed, ${births.before} of them before the schema was there`)
  const proof = await proveLedger({
    ...{ folder: logs, random, log, writers: count("writers"), kills: count("kills") },
    between: 10_000,
    place: server?.address ?? join(folder, "mesh.db"),
    integrity: server ? integrityOfDatabase : integrityOfFile,
    ...(server && {
      server: { kills: count("server-kills"), kill: server.kill, start: server.start },
    }),
  })
  const faults = [...births.faults, ...proof.faults]
  for (const fault of faults.slice(0, 50)) console.log(`- ${fault}`)
  console.log(`\n${renderProof(values.ledger, proof, births.rounds)}\n`)
  console.log(`${faults.length} promises broken · ${Math.round((Date.now() - startedAt) / 1000)} s`)
  await server?.end()
  if (values.keep) console.log(`kept in ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
  return faults.length > 0 ? 1 : 0
}

const renderProof = (ledger: string, { figures, faults }: Proof, births: number) =>
  renderTable(
    [
      ...["ledger", "kills", "processes killed", "server killed", "killed while opening"],
      ...["deeds", "messages", "receipts", "votes", "templates", "acknowledged", "refused"],
      ...["unanswered", "of these made", "broken promises"],
    ],
    [
      [
        ledger,
        figures.kills,
        figures.killed,
        figures.serverKills,
        births,
        figures.deeds,
        figures.messages,
        figures.receipts,
        figures.votes,
        figures.templates,
        figures.acks,
        figures.refused,
        figures.unknown,
        figures.made,
        faults.length,
      ].map(String),
    ],
  )

endOnSignal()
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Usage: ${usage}`)
    process.exit(2)
  },
)
