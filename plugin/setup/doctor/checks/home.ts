import { chmodSync, existsSync, statSync } from "node:fs"
import { auditLedger } from "../../../mesh/audit/audit.ts"
import { MeshError, errorText } from "../../../mesh/model/errors.ts"
import { pathsIn } from "../../../system/mesh-home.ts"
import { lookAtLedger } from "../../ledger-look.ts"
import { type Check, fault, type Finding, ok, warning } from "../finding.ts"

const megabyte = 1024 * 1024
/** A fleet of four writes some 20 MB a day; a full disk stops every writer at once. */
const disk = { fault: 100 * megabyte, warning: 1024 * megabyte }
/** A larger ledger is read in more than the second that a look may take. */
const mostToAudit = 64 * megabyte

export const ledger: Check = {
  name: "ledger",
  async look(patient) {
    const { home } = patient
    const { ledger: file } = pathsIn(home)
    if (existsSync(home)) {
      const found = judgeFolder(home)
      if (found) return [found]
    }
    const found: Finding[] = [home, file].filter(existsSync).flatMap((path) => {
      const mode = statSync(path).mode & 0o777
      if ((mode & 0o077) === 0) return []
      return [
        warning(
          `${path} can be read by others (mode ${mode.toString(8)}).`,
          `chmod go-rwx '${path}' (--fix does)`,
          () => {
            chmodSync(path, mode & 0o700)
            return `closed ${path} to others`
          },
        ),
      ]
    })
    try {
      const isLarge = existsSync(file) && statSync(file).size > mostToAudit
      const audit = await lookAtLedger(patient, (read) =>
        isLarge ? Promise.resolve(undefined) : read(auditLedger),
      )
      if (audit && !audit.ok)
        found.push(
          fault(
            `The ledger has ${audit.errors} rows that do not fit together.`,
            "meshfleet verify explains them.",
          ),
        )
      else found.push(ok(existsSync(file) ? `ledger ${file}` : `no ledger yet (${home})`))
    } catch (error) {
      found.push(
        fault(
          `The ledger cannot be read: ${error instanceof MeshError ? error.detail : errorText(error)}`,
          error instanceof MeshError ? error.next : "Restore it from a copy (docs/moving.md).",
        ),
      )
    }
    return found
  },
}

const judgeFolder = (home: string): Finding | undefined => {
  if (!statSync(home).isDirectory())
    return fault(`${home} is no folder.`, "Move it away, or set MESHFLEET_HOME.")
  // Whoever is root could write all the same, and nobody else.
  return (statSync(home).mode & 0o200) === 0
    ? fault(`${home} is read-only: nothing can be written there.`, `chmod u+w '${home}'`)
    : undefined
}

export const space: Check = {
  name: "disk",
  look({ home, freeBytes }) {
    const free = freeBytes(home) ?? freeBytes("/")
    if (free === undefined) return [ok("free space cannot be told here")]
    const says = `${Math.round(free / megabyte).toLocaleString("en-US")} MB are free where the ledger lies (${home}).`
    const fix =
      "Free some, or put the ledger elsewhere (MESHFLEET_HOME). meshfleet prune takes old fleets away."
    if (free < disk.fault) return [fault(says, fix)]
    return free < disk.warning ? [warning(says, fix)] : [ok(says)]
  },
}
