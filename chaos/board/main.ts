import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { startPostgres } from "../../test/support/postgres-server.ts"
import { endOnSignal } from "../end-on-signal.ts"
import { createRandom } from "../random.ts"
import { proveBoard } from "./prove.ts"

const usage =
  "board-proof [--ledger sqlite|postgres] [--processes n] [--tasks n] [--kills n] [--freezes n] [--share s] [--seed s]"

const main = async () => {
  const { values } = parseArgs({
    options: {
      ledger: { type: "string", default: "sqlite" },
      processes: { type: "string", default: "20" },
      tasks: { type: "string", default: "500" },
      kills: { type: "string", default: "30" },
      freezes: { type: "string", default: "30" },
      // One claim in twenty is the last of its task: 500 tasks make 10,000 claims.
      share: { type: "string", default: "0.05" },
      seed: { type: "string", default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    },
  })
  const number = (name: keyof typeof values) => {
    const value = Number(values[name])
    if (Number.isFinite(value) && value >= 0) return value
    throw new Error(`--${name} ${values[name]}: a number is needed`)
  }
  if (!["sqlite", "postgres"].includes(values.ledger))
    throw new Error(`--ledger ${values.ledger}: there are sqlite and postgres`)
  console.log(`seed ${number("seed")}, ${values.ledger}`)
  const folder = mkdtempSync(join(tmpdir(), "meshfleet-board-"))
  const server =
    values.ledger === "postgres"
      ? await startPostgres(mkdtempSync(join(tmpdir(), "meshfleet-board-")), process.pid)
      : undefined
  const startedAt = Date.now()
  const { faults, ...figures } = await proveBoard({
    place: server?.address ?? join(folder, "mesh.db"),
    folder,
    processes: number("processes"),
    tasks: number("tasks"),
    kills: number("kills"),
    freezes: number("freezes"),
    share: number("share"),
    random: createRandom(number("seed")),
  })
  for (const fault of faults.slice(0, 50)) console.log(`- ${fault}`)
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  console.log(
    `${values.processes} processes, ${values.tasks} tasks: ${figures.claims} claims, ${figures.givenBack} given back, ${values.kills} killed, ${figures.refusedAfterFreeze} lost their task while frozen`,
  )
  console.log(`${faults.length} promises broken · ${seconds} s`)
  await server?.end()
  rmSync(folder, { recursive: true, force: true })
  return faults.length > 0 ? 1 : 0
}

endOnSignal()
main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    console.error(`Usage: ${usage}`)
    process.exit(2)
  },
)
