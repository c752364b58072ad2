import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs"
import { resolve } from "node:path"
import { exportLedger } from "../../../mesh/transfer/export.ts"
import { defineCommand, json, text } from "../../define/command.ts"
import { exportOutputs } from "../../outputs/program.ts"
import { requireFleetOf } from "../../mesh/pick-fleet.ts"
import { escapeSteering } from "../../render/render-json.ts"
import { printJson, type Terminal } from "../../terminal/terminal.ts"

export const exportCommand = defineCommand({
  name: "export",
  summary: "Write the ledger as lines of JSON: a backup, or to move it (meshfleet import)",
  usage: ["export [--file file] [--fleet id] [--json]"],
  options: {
    file: text("<file>", "Write there, readable by you alone, instead of to stdout"),
    fleet: text("<fleet>", "Only this fleet, and what belongs to it (default: all projects)"),
    json: { ...json, help: "With --file: what was written, as one JSON document" },
  },
  outputs: exportOutputs,
  takes: { least: 0, most: 0 },
  async run({ values: { file, fleet, json: asJson } }, context) {
    context.refuseInsideAgent()
    const { terminal, now } = context
    const { meshProcess, project } = await context.mesh()
    const out = file === undefined ? toTerminal(terminal) : toFile(resolve(file))
    try {
      const counts = await meshProcess.ledger.read(async (db) => {
        const fleetId = fleet && (await requireFleetOf(db, project, fleet)).id
        return exportLedger(db, { fleetId, exportedAt: now(), write: out.write })
      })
      out.end()
      const rows = Object.values(counts).reduce((sum, count) => sum + count, 0)
      if (file !== undefined && asJson)
        printJson(terminal, exportOutputs.file, {
          file: resolve(file),
          fleets: counts["fleets"] ?? 0,
          rows,
        })
      terminal.warn(`Exported ${counts["fleets"] ?? 0} fleets, ${rows} rows.`)
    } catch (error) {
      out.giveUp()
      throw error
    }
  },
})

/** Lines are put together: each write is a call of the system. */
const chunkChars = 65_536

const inChunks = (put: (chunk: string) => void) => {
  let chunk = ""
  const flush = () => {
    if (chunk !== "") put(chunk)
    chunk = ""
  }
  const write = (line: string) => {
    // As it is, a terminal would get less than what is in the ledger.
    chunk += `${escapeSteering(line)}\n`
    if (chunk.length > chunkChars) flush()
  }
  return { write, flush }
}

const toTerminal = (terminal: Terminal) => {
  const { write, flush } = inChunks((chunk) => terminal.write(chunk))
  return { write, end: flush, giveUp: () => undefined }
}

/** The file is there once all of it is on the disk; until then a former one stays. */
const toFile = (path: string) => {
  const unfinished = `${path}.${process.pid}.new`
  const handle = openSync(unfinished, "wx", 0o600)
  const { write, flush } = inChunks((chunk) => void writeSync(handle, chunk))
  return {
    write,
    end() {
      flush()
      fsyncSync(handle)
      closeSync(handle)
      renameSync(unfinished, path)
    },
    giveUp() {
      closeSync(handle)
      rmSync(unfinished, { force: true })
    },
  }
}
